import { z } from 'zod';
import { getAsset, type Asset } from '../../shared/domain/assets/assets.db.ts';
import { bmcOf } from '../../shared/domain/credentials/bmc-access.ts';
import { findImageJob, requestImageJob, withdrawImageJob } from '../../shared/domain/edge/image-jobs.db.ts';
import { askBmc } from '../../shared/domain/health/bmc-trouble.ts';
import { FindingKind, type Difference } from '../../shared/domain/validation/finding.ts';
import { recordFindings, openFindings, blocking } from '../../shared/domain/validation/findings.db.ts';
import { linkDifferences, untestedLinks } from '../../shared/domain/validation/link-test.ts';
import { readTestedLink } from '../../shared/facts/host-inventory/link-test.ts';
import { hours, minutes } from '../../shared/kernel/durations.ts';
import { ServerId } from '../../shared/kernel/ids.ts';
import type { Deps } from '../../shared/saga/deps.ts';
import { pending, step, type StepContext } from '../../shared/saga/step.ts';
import { expectedOf } from './validation-of.ts';

const [recheckSeconds, recheckAgentSeconds] = [120, 300];
const packets = 200;
/** The image asks for a job every few seconds, and is through within two minutes. */
const silentAfter = minutes(15);
const testAtMost = hours(24);

/** Since when the image could have tested, milliseconds. */
const Ticket = z.object({ since: z.number() });

/**
 * Has the validation image send packets over the server's links. Each one that does not carry them as it should is a
 * finding, and so is that the image has done nothing: then `isTested` is false.
 */
export const testLinks = step({
  name: 'test-links',
  input: z.object({ serverId: ServerId }),
  output: z.object({ isTested: z.boolean(), blocking: z.array(z.object({ id: z.string(), kind: FindingKind })) }),
  ticket: Ticket,
  atMost: testAtMost,
  run: async ({ serverId }, deps, context) => {
    const asset = await getAsset(deps.db, serverId);
    const id = context.newId('job');
    await requestImageJob(deps.db, deps.clock, {
      serverId,
      datacenterId: asset.datacenterId,
      job: { id, kind: 'link-test', count: packets },
      expiresAt: context.at + testAtMost,
    });
    const test = await findImageJob(deps.db, id);
    if (test?.state === 'done' || test?.state === 'failed')
      return {
        isTested: true,
        blocking: await record(await judge(test.results.map(readTestedLink), asset, deps), asset, deps, context),
      };
    const waiting = test?.endedAt
      ? { reason: `the link test is ${test.state}` }
      : await waitingFor(asset, deps, context);
    if (!('reason' in waiting)) return waiting;
    await withdrawImageJob(deps.db, deps.clock, id);
    return { isTested: false, blocking: await record([untestedLinks(waiting.reason)], asset, deps, context) };
  },
  undo: {
    name: 'stop-testing-links',
    run: async (_input, deps, context) => void (await withdrawImageJob(deps.db, deps.clock, context.newId('job'))),
  },
});

/**
 * Waits on, or says why that is no use. While the datacenter cannot be reached no time is counted: the result would
 * wait there too.
 */
async function waitingFor(asset: Asset, deps: Deps, { ticket, at }: StepContext<z.infer<typeof Ticket>>) {
  const now = deps.clock.now();
  const since = ticket?.since ?? at;
  const wait = (from: number, pollAfterSeconds: number, what: string) =>
    pending({ ticket: { since: from }, pollAfterSeconds, waitingFor: what });
  if (ticket === undefined) return wait(since, recheckSeconds, 'the validation image to test the links');
  const target = bmcOf(asset);
  const power = await askBmc(deps.bmc, target, () => deps.bmc.readPower(target));
  if ('unreachable' in power)
    return wait(now, recheckAgentSeconds, `the agent of ${asset.datacenterId}: ${power.unreachable}`);
  if ('ok' in power && power.ok === 'off') return { reason: 'the server is off, and its links were not tested' };
  if (now - since >= silentAfter)
    return { reason: `the validation image has not tested the links within ${silentAfter / 60_000} minutes` };
  return wait(since, recheckSeconds, 'the validation image to test the links');
}

async function judge(tested: Parameters<typeof linkDifferences>[0], asset: Asset, deps: Deps): Promise<Difference[]> {
  if (!asset.measured) throw new Error(`The validation image of ${asset.id} has not reported`);
  return linkDifferences(tested, asset.measured, await expectedOf(asset, deps), await openFindings(deps.db, asset.id));
}

async function record(differences: readonly Difference[], asset: Asset, { db, clock }: Deps, context: StepContext) {
  const left = blocking(
    await recordFindings(db, clock, asset, differences, (n) => context.newId('finding', n), ['link']),
  );
  return left.map(({ id, kind }) => ({ id, kind }));
}
