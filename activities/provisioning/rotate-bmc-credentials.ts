import { z } from 'zod';
import { factorySecret, pendingSecret, serviceSecret } from '../../shared/bmc-access.ts';
import { getAsset } from '../../shared/db/assets.ts';
import { ServerId } from '../../shared/ids.ts';
import { newPassword } from '../../shared/passwords.ts';
import { step } from '../../shared/saga/step.ts';

const username = 'rackline';

/**
 * Replaces the factory account by one of ours. The new password is in the safe before the BMC hears of it, and
 * the old account goes only after the new one has been tried: at no moment can nobody get in.
 */
export const rotateBmcCredentials = step({
  name: 'rotate-bmc-credentials',
  input: z.object({ serverId: ServerId }),
  output: z.object({ secretRef: z.string() }),
  run: async ({ serverId }, { db, bmc, secrets }) => {
    const { bmcAddress: address, manufacturer } = await getAsset(db, serverId);
    if (!address) throw new Error(`The BMC of ${serverId} has no address`);
    const [service, pending, factory] = [serviceSecret(serverId), pendingSecret(serverId), factorySecret(manufacturer)];
    if (!(await secrets.read(service))) {
      const fresh = await secrets.write(pending, { username, password: newPassword() }, { createOnly: true });
      if (!(await bmc.canLogIn(address, fresh.username, fresh.password))) await bmc.ensureAccount({ address, secretRef: factory }, { ...fresh, role: 'administrator' });
      if (!(await bmc.canLogIn(address, fresh.username, fresh.password))) throw new Error(`The BMC at ${address} took the new account but does not let it in`);
      await secrets.write(service, fresh);
    }
    await secrets.destroy(pending);
    const old = await secrets.read(factory);
    if (old) await bmc.removeAccount({ address, secretRef: service }, old.username);
    if (old && (await bmc.canLogIn(address, old.username, old.password))) throw new Error(`The BMC at ${address} still lets the factory account in`);
    return { secretRef: service };
  },
  undo: {
    name: 'restore-factory-credentials',
    run: async ({ serverId }, { db, bmc, secrets }) => {
      const { bmcAddress: address, manufacturer } = await getAsset(db, serverId);
      const [service, pending, factory] = [serviceSecret(serverId), pendingSecret(serverId), factorySecret(manufacturer)];
      const old = await secrets.read(factory);
      const [ours] = [(await secrets.read(service)) ? service : undefined, (await secrets.read(pending)) ? pending : undefined].filter((ref) => ref !== undefined);
      if (!address || !old || !ours) return;
      if (!(await bmc.canLogIn(address, old.username, old.password))) await bmc.ensureAccount({ address, secretRef: ours }, { ...old, role: 'administrator' });
      await bmc.removeAccount({ address, secretRef: factory }, username);
      await secrets.destroy(service);
      await secrets.destroy(pending);
    },
  },
});
