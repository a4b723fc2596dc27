import { z } from 'zod';
import { getAsset, recordFacts, type Asset } from '../../shared/domain/assets/assets.db.ts';
import { bmcOf } from '../../shared/domain/credentials/bmc-access.ts';
import { askBmc } from '../../shared/domain/health/bmc-trouble.ts';
import { FindingKind } from '../../shared/domain/validation/finding.ts';
import { recordFindings, toFix } from '../../shared/domain/validation/findings.db.ts';
import type { ServerFacts } from '../../shared/facts/server.ts';
import { ServerId } from '../../shared/kernel/ids.ts';
import { liftOwnQuarantine, quarantine } from '../../shared/lifecycle/condition.ts';
import { nothing, step } from '../../shared/saga/step.ts';
import type { World } from '../../shared/saga/world.ts';
import { validationOf } from './validation-of.ts';

/**
 * Holds what the machine is against what was ordered, how it should be cabled and what its model has. Each difference
 * is a finding; answers those that keep the server from going on.
 */
export const compareWithOrder = step({
  name: 'compare-with-order',
  input: z.object({ serverId: ServerId }),
  output: z.object({ toFix: z.array(z.object({ id: z.string(), kind: FindingKind })) }),
  run: async ({ serverId }, world, context) => {
    const asset = await getAsset(world.db, serverId);
    const { differences } = await validationOf(asset, await freshFacts(asset, world), world);
    const left = toFix(
      await recordFindings(world.db, world.clock, asset, differences, (n) => context.newId('finding', n)),
    );
    const stranger = left.find(({ kind }) => kind === 'identity');
    if (stranger)
      await quarantine(world.db, world.clock, serverId, {
        reason: `the validation image says its serial number is ${stranger.found}, not ${stranger.expected}`,
        expected: stranger.expected,
        found: stranger.found,
        sagaId: context.sagaId,
      });
    else
      await liftOwnQuarantine(
        world.db,
        world.clock,
        serverId,
        context.sagaId,
        `it says its serial number is ${asset.serial}`,
      );
    return { toFix: left.map(({ id, kind }) => ({ id, kind })) };
  },
  undo: nothing('findings are history'),
});

/**
 * What the BMC knows now that the host has been through its self-test; what it said before, where it does not answer.
 */
async function freshFacts(asset: Asset, world: World): Promise<ServerFacts | null> {
  const target = bmcOf(asset);
  const told = await askBmc(world.bmc, target, () => world.bmc.readFacts(target));
  if (!('well' in told)) return asset.facts;
  await recordFacts(world.db, world.clock, asset.id, told.well);
  return told.well;
}
