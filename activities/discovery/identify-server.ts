import { z } from 'zod';
import { findAssetBySerial, getAsset, recordFacts, type Asset } from '../../shared/domain/assets/assets.db.ts';
import { bmcOf } from '../../shared/domain/credentials/bmc-access.ts';
import { askBmc, passing } from '../../shared/domain/health/bmc-trouble.ts';
import { voidUntrue } from '../../shared/domain/proofs/hardware.ts';
import type { Difference } from '../../shared/domain/validation/finding.ts';
import { recordFindings } from '../../shared/domain/validation/findings.db.ts';
import type { ServerFacts } from '../../shared/facts/server.ts';
import { Trouble } from '../../shared/facts/trouble.ts';
import { minutes } from '../../shared/kernel/durations.ts';
import { ServerId } from '../../shared/kernel/ids.ts';
import { liftOwnQuarantine, noteCondition, quarantine } from '../../shared/lifecycle/condition.ts';
import type { Deps } from '../../shared/saga/deps.ts';
import { move, moveBack } from '../../shared/saga/move.ts';
import { pending, step, type StepContext } from '../../shared/saga/step.ts';

/**
 * How long a BMC may be silent before that is more than a pause: one that has just been powered, or restarts, takes
 * this long.
 */
const patience = minutes(4);
const recheckSeconds = 30;
/** An agent or its line may be down for hours, and every look costs. */
const recheckAgentSeconds = 300;

/**
 * Asks the machine who it is. An address proves nothing: the serial number has to be the one on the ship notice. That
 * its BMC does not answer, or that it is another machine, is an answer.
 */
export const identifyServer = step({
  name: 'identify-server',
  input: z.object({ serverId: ServerId, attempt: z.number().int().default(1) }),
  output: z.union([z.object({ serial: z.string(), model: z.string().nullable() }), z.object({ trouble: Trouble })]),
  /** Since when it can be reached and is in trouble, milliseconds; null while the datacenter's agent is unreachable. */
  ticket: z.object({ since: z.number().nullable() }),
  run: async ({ serverId, attempt }, deps, context) => {
    const asset = await getAsset(deps.db, serverId);
    const since = (context.ticket ? context.ticket.since : context.at) ?? deps.clock.now();
    const target = bmcOf(asset);
    const reported = await askBmc(deps.bmc, target, () => deps.bmc.readFacts(target));
    if ('unreachable' in reported)
      return pending({
        ticket: { since: null },
        pollAfterSeconds: recheckAgentSeconds,
        waitingFor: `the agent of ${asset.datacenterId}: ${reported.unreachable}`,
      });
    const judged = 'trouble' in reported ? reported : await judge(reported.ok, asset, deps, context);
    if ('facts' in judged) {
      await accept(judged.facts, asset, deps, context);
      return { serial: judged.facts.identity.serial ?? '', model: judged.facts.identity.model ?? null };
    }
    const { trouble } = judged;
    if ([...passing, 'no-serial'].includes(trouble.kind) && deps.clock.now() - since < patience) {
      return pending({
        ticket: { since },
        pollAfterSeconds: recheckSeconds,
        waitingFor: `an answer: ${trouble.reason}`,
      });
    }
    await noteCondition(deps.db, deps.clock, serverId, {
      condition: 'failed',
      reason: trouble.reason,
      attempts: attempt,
      sagaId: context.sagaId,
    });
    return { trouble };
  },
  undo: {
    name: 'withdraw-identity',
    run: async ({ serverId }, deps, context) => {
      await noteCondition(deps.db, deps.clock, serverId, { condition: 'working' });
      await moveBack(deps, context, serverId, 'identity-withdrawn');
      await recordFacts(deps.db, deps.clock, serverId, null);
    },
  },
});

async function accept(facts: ServerFacts, asset: Asset, deps: Deps, context: StepContext): Promise<void> {
  await recordFacts(deps.db, deps.clock, asset.id, facts);
  await voidUntrue(deps.db, deps.clock, asset.id, facts, context.origin);
  await recordFindings(deps.db, deps.clock, asset, [], (n) => context.newId('finding', n), ['identity']);
  await liftOwnQuarantine(
    deps.db,
    deps.clock,
    asset.id,
    context.sagaId,
    `it says its serial number is ${asset.serial}`,
  );
  await noteCondition(deps.db, deps.clock, asset.id, { condition: 'working' });
  await move(deps, context, asset.id, 'identified');
}

/** Another machine than it should be is set apart, and a finding, before anything is changed on it. */
async function judge(
  facts: ServerFacts,
  asset: Asset,
  deps: Deps,
  context: StepContext,
): Promise<{ facts: ServerFacts } | { trouble: Trouble }> {
  const { serial } = facts.identity;
  if (asset.serial !== null && serial?.toUpperCase() === asset.serial.toUpperCase()) return { facts };
  const machine = `the machine at ${asset.bmcAddress}`;
  if (serial === undefined)
    return { trouble: { kind: 'no-serial', reason: `${machine} does not say its serial number` } };
  const owner = await findAssetBySerial(deps.db, serial);
  const reason =
    `${machine} says its serial number is ${serial}, not ${asset.serial}` +
    (owner ? `: it is the server ${owner.id}` : '') +
    (owner?.rackName ? `, which should stand in ${owner.rackName}, unit ${owner.rackUnit}` : '');
  const difference: Difference = {
    kind: 'identity',
    severity: 'major',
    place: 'system',
    expected: asset.serial ?? 'unknown',
    found: serial,
    evidence: [
      { source: asset.manifest ? 'ship-notice' : 'dcim', said: asset.serial ?? 'unknown' },
      { source: 'bmc', said: serial, where: 'Redfish ComputerSystem' },
    ],
    hint: owner
      ? 'two machines were swapped: bring each to its place'
      : 'another machine is cabled here, or its system board was changed; read the label',
  };
  await recordFindings(deps.db, deps.clock, asset, [difference], (n) => context.newId('finding', n), ['identity']);
  await quarantine(deps.db, deps.clock, asset.id, {
    reason,
    expected: asset.serial,
    found: serial,
    sagaId: context.sagaId,
  });
  return { trouble: { kind: 'wrong-serial', reason } };
}
