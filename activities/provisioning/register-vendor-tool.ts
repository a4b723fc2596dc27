import { z } from 'zod';
import { getAsset } from '../../shared/domain/assets/assets.db.ts';
import { serviceSecret } from '../../shared/domain/credentials/bmc-access.ts';
import { hours } from '../../shared/kernel/durations.ts';
import { ServerId } from '../../shared/kernel/ids.ts';
import { step } from '../../shared/saga/step.ts';
import { giveUp, vendorToolOf } from '../../shared/saga/vendor-tool-of.ts';

/** Puts the server under its vendor's fleet manager, which carries the firmware baseline. Others have none. */
export const registerVendorTool = step({
  name: 'register-vendor-tool',
  input: z.object({ serverId: ServerId }),
  output: z.object({ product: z.string().nullable() }),
  atMost: hours(2),
  run: async ({ serverId }, deps, { ticket }) => {
    const asset = await getAsset(deps.db, serverId);
    const tool = vendorToolOf(deps, asset);
    if (!tool || !asset.serial || !asset.bmcAddress) return { product: null };
    const credentials = await deps.secrets.read(serviceSecret(serverId));
    if (!credentials) throw new Error(`There are no BMC credentials for ${serverId}`);
    const registered = await tool.register({
      serial: asset.serial,
      bmcAddress: asset.bmcAddress,
      ...credentials,
      ...(ticket !== undefined && { ticket }),
    });
    if (registered.outcome === 'done') return { product: tool.product };
    return registered.outcome === 'pending'
      ? { ...registered, waitingFor: `${tool.product} to discover the server` }
      : registered;
  },
  undo: {
    name: 'unregister-vendor-tool',
    run: async ({ serverId }, deps) => {
      const asset = await getAsset(deps.db, serverId);
      return asset.serial ? giveUp(vendorToolOf(deps, asset), asset.serial, asset.bmcAddress) : undefined;
    },
  },
});
