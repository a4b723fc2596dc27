import { z } from 'zod';
import { getAsset } from '../../shared/domain/assets/assets.db.ts';
import { ServerId } from '../../shared/kernel/ids.ts';
import { step } from '../../shared/saga/step.ts';

/** Reserves switch, management and power ports near the rack, so that no two servers are told the same port. */
export const planCables = step({
  name: 'plan-cables',
  input: z.object({ serverId: ServerId }),
  output: z.object({ cables: z.number().int() }),
  run: async ({ serverId }, { db, dcim }) => ({
    cables: (await dcim.planCables(serverId, (await getAsset(db, serverId)).macs)).length,
  }),
  undo: { name: 'remove-cables', run: ({ serverId }, { dcim }) => dcim.removeCables(serverId) },
});
