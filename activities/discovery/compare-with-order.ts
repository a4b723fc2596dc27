import { z } from 'zod';
import { getAsset, recordFacts, type Asset } from '../../shared/domain/assets/assets.db.ts';
import { bmcOf } from '../../shared/domain/credentials/bmc-access.ts';
import { askBmc } from '../../shared/domain/health/bmc-trouble.ts';
import { voidUntrue } from '../../shared/domain/proofs/hardware.ts';
import { FindingKind } from '../../shared/domain/validation/finding.ts';
import { recordFindings, blocking } from '../../shared/domain/validation/findings.db.ts';
import type { ServerFacts } from '../../shared/facts/server.ts';
import { ServerId } from '../../shared/kernel/ids.ts';
import { liftOwnQuarantine, quarantine } from '../../shared/lifecycle/condition.ts';
import type { Deps } from '../../shared/saga/deps.ts';
import { nothing, step, type StepContext } from '../../shared/saga/step.ts';
import { validationOf } from './validation-of.ts';

/**
 * Holds what the machine is against what was ordered, how it should be cabled and what its model has. Each difference
 * is a finding; answers those that keep the server from going on.
 */
export const compareWithOrder = step({
  name: 'compare-with-order',
  input: z.object({ serverId: ServerId }),
  output: z.object({ blocking: z.array(z.object({ id: z.string(), kind: FindingKind })) }),
  run: async ({ serverId }, deps, context) => {
    const asset = await getAsset(deps.db, serverId);
    const { differences } = await validationOf(asset, await freshFacts(asset, deps, context), deps);
    const left = blocking(
      await recordFindings(deps.db, deps.clock, asset, differences, (n) => context.newId('finding', n)),
    );
    const unknown = left.find(({ kind }) => kind === 'identity');
    if (unknown)
      await quarantine(deps.db, deps.clock, serverId, {
        reason: `the validation image says its serial number is ${unknown.found}, not ${unknown.expected}`,
        expected: unknown.expected,
        found: unknown.found,
        sagaId: context.sagaId,
      });
    else
      await liftOwnQuarantine(
        deps.db,
        deps.clock,
        serverId,
        context.sagaId,
        `it says its serial number is ${asset.serial}`,
      );
    return { blocking: left.map(({ id, kind }) => ({ id, kind })) };
  },
  undo: nothing('findings are history'),
});

/**
 * What the BMC knows now that the host has been through its self-test; what it said before, where it does not answer.
 */
async function freshFacts(asset: Asset, deps: Deps, context: StepContext): Promise<ServerFacts | null> {
  const target = bmcOf(asset);
  const reported = await askBmc(deps.bmc, target, () => deps.bmc.readFacts(target));
  if (!('ok' in reported)) return asset.facts;
  await recordFacts(deps.db, deps.clock, asset.id, reported.ok);
  await voidUntrue(deps.db, deps.clock, asset.id, reported.ok, context.origin);
  return reported.ok;
}
