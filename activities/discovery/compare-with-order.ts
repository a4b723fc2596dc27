import { z } from 'zod';
import { getAsset } from '../../shared/db/assets.ts';
import { openFindings, recordFindings } from '../../shared/db/findings.ts';
import { compareFacts } from '../../shared/validation/compare.ts';
import { ServerId } from '../../shared/ids.ts';
import { nothing, step } from '../../shared/saga/step.ts';

const Finding = z.object({ kind: z.string(), place: z.string(), expected: z.string(), found: z.string(), severity: z.enum(['info', 'minor', 'major']) });

/** Holds what the machine is against what was ordered and how it should be cabled. Each difference is a finding. */
export const compareWithOrder = step({
  name: 'compare-with-order',
  input: z.object({ serverId: ServerId }),
  output: z.object({ toFix: z.array(Finding) }),
  run: async ({ serverId }, world, context) => {
    const asset = await getAsset(world.db, serverId);
    if (!asset.inventory) throw new Error(`The validation image of ${serverId} has not reported`);
    const findings = compareFacts(asset.inventory, { manifest: asset.manifest, cables: await world.inventory.readCables(serverId) });
    await recordFindings(world.db, world.clock, serverId, findings, (n) => context.newId('finding', n));
    return { toFix: (await openFindings(world.db, serverId)).filter(({ severity }) => severity !== 'info') };
  },
  undo: nothing('findings are history'),
});
