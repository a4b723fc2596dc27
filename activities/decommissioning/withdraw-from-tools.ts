import { z } from 'zod';
import { getAsset } from '../../shared/domain/assets/assets.db.ts';
import { ServerId } from '../../shared/kernel/ids.ts';
import { nothing, step } from '../../shared/saga/step.ts';
import { giveUp, vendorToolOf } from '../../shared/saga/vendor-tool-of.ts';

/** Takes the server out of everything that would miss it: the vendor's fleet manager, the playbooks' inventory. */
export const withdrawFromTools = step({
  name: 'withdraw-from-tools',
  input: z.object({ serverId: ServerId }),
  output: z.object({}),
  run: async ({ serverId }, deps) => {
    const asset = await getAsset(deps.db, serverId);
    if (!asset.serial) return {};
    const tool = vendorToolOf(deps, asset);
    await tool?.removeProfile(asset.serial);
    const waiting = await giveUp(tool, asset.serial, asset.bmcAddress);
    if (waiting) return waiting;
    await deps.automation.removeHost(asset.serial);
    return {};
  },
  undo: nothing('past the point of no return'),
});
