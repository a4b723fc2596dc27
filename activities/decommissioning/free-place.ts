import { z } from 'zod';
import { forgetBmc, recordBmcSecret } from '../../shared/domain/assets/assets.db.ts';
import { releaseRackUnits } from '../../shared/domain/assets/rack-units.db.ts';
import { serviceSecret } from '../../shared/domain/credentials/bmc-access.ts';
import { ServerId } from '../../shared/kernel/ids.ts';
import { nothing, step } from '../../shared/saga/step.ts';

/** Gives back what the server took up: its cables, its address, its rack units, the password of its BMC. */
export const freePlace = step({
  name: 'free-place',
  input: z.object({ serverId: ServerId }),
  output: z.object({}),
  run: async ({ serverId }, { db, clock, dcim, secrets }) => {
    await dcim.removeCables(serverId);
    await dcim.releaseBmcAddress(serverId);
    await dcim.unplaceDevice(serverId);
    await releaseRackUnits(db, serverId);
    await forgetBmc(db, clock, serverId);
    await recordBmcSecret(db, clock, serverId, null);
    await secrets.destroy(serviceSecret(serverId));
    return {};
  },
  undo: nothing('past the point of no return'),
});
