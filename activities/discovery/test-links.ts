import { z } from 'zod';
import { getAsset, type Asset } from '../../shared/domain/assets/assets.db.ts';
import { bmcOf } from '../../shared/domain/credentials/bmc-access.ts';
import { findImageWork, orderImageWork, withdrawImageWork } from '../../shared/domain/edge/image-work.db.ts';
import { askBmc } from '../../shared/domain/health/bmc-trouble.ts';
import { FindingKind, type Difference } from '../../shared/domain/validation/finding.ts';
import { recordFindings, standingFindings, toFix } from '../../shared/domain/validation/findings.db.ts';
import { linkDifferences, untestedLinks } from '../../shared/domain/validation/link-test.ts';
import { readTestedLink } from '../../shared/facts/host-inventory/link-test.ts';
import { hours, minutes } from '../../shared/kernel/durations.ts';
import { ServerId } from '../../shared/kernel/ids.ts';
import { pending, step, type StepContext } from '../../shared/saga/step.ts';
import type { World } from '../../shared/saga/world.ts';
import { expectedOf } from './validation-of.ts';

const [recheckSeconds, recheckAgentSeconds] = [120, 300];
const packets = 200;
/** The image asks for work every few seconds, and is through within two minutes. */
const silentAfter = minutes(15);
const testAtMost = hours(24);

/**
 * Has the validation image send packets over the server's links. Each one that does not carry them as it should is a
 * finding, and so is that the image has done nothing: then `isTested` is false.
 */
export const testLinks = step({
  name: 'test-links',
  input: z.object({ serverId: ServerId }),
  output: z.object({ isTested: z.boolean(), toFix: z.array(z.object({ id: z.string(), kind: FindingKind })) }),
  atMost: testAtMost,
  run: async ({ serverId }, world, context) => {
    const asset = await getAsset(world.db, serverId);
    const id = context.newId('work');
    await orderImageWork(world.db, world.clock, {
      serverId,
      datacenterId: asset.datacenterId,
      work: { id, kind: 'link-test', count: packets },
      expiresAt: context.at + testAtMost,
    });
    const test = await findImageWork(world.db, id);
    if (test?.state === 'done' || test?.state === 'failed')
      return {
        isTested: true,
        toFix: await record(await judge(test.results.map(readTestedLink), asset, world), asset, world, context),
      };
    const waiting = test?.endedAt
      ? { reason: `the link test is ${test.state}` }
      : await waitingFor(asset, world, context);
    if (!('reason' in waiting)) return waiting;
    await withdrawImageWork(world.db, world.clock, id);
    return { isTested: false, toFix: await record([untestedLinks(waiting.reason)], asset, world, context) };
  },
  undo: {
    name: 'stop-testing-links',
    run: async (_input, world, context) => void (await withdrawImageWork(world.db, world.clock, context.newId('work'))),
  },
});

/**
 * Waits on, or says why that is no use. While the datacenter cannot be reached no time is counted: the result would
 * wait there too.
 */
async function waitingFor(asset: Asset, world: World, { ticket, at }: StepContext) {
  const now = world.clock.now();
  const since = Number(ticket ?? at);
  const wait = (from: number, pollAfterSeconds: number, what: string) =>
    pending({ ticket: String(from), pollAfterSeconds, waitingFor: what });
  if (ticket === undefined) return wait(since, recheckSeconds, 'the validation image to test the links');
  const target = bmcOf(asset);
  const power = await askBmc(world.bmc, target, () => world.bmc.readPower(target));
  if ('away' in power) return wait(now, recheckAgentSeconds, `the agent of ${asset.datacenterId}: ${power.away}`);
  if ('well' in power && power.well === 'off') return { reason: 'the server is off, and its links were not tested' };
  if (now - since >= silentAfter)
    return { reason: `the validation image has not tested the links within ${silentAfter / 60_000} minutes` };
  return wait(since, recheckSeconds, 'the validation image to test the links');
}

async function judge(tested: Parameters<typeof linkDifferences>[0], asset: Asset, world: World): Promise<Difference[]> {
  if (!asset.inventory) throw new Error(`The validation image of ${asset.id} has not reported`);
  return linkDifferences(
    tested,
    asset.inventory,
    await expectedOf(asset, world),
    await standingFindings(world.db, asset.id),
  );
}

async function record(differences: readonly Difference[], asset: Asset, { db, clock }: World, context: StepContext) {
  const left = toFix(await recordFindings(db, clock, asset, differences, (n) => context.newId('finding', n), ['link']));
  return left.map(({ id, kind }) => ({ id, kind }));
}
