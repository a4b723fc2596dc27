import { z } from 'zod';
import { getAsset, recordBmcSecret } from '../../shared/domain/assets/assets.db.ts';
import { bmcWith, factorySecret, pendingSecret, serviceSecret } from '../../shared/domain/credentials/bmc-access.ts';
import { newPassword } from '../../shared/domain/credentials/passwords.ts';
import { proofsOf, prove } from '../../shared/domain/proofs/proofs.db.ts';
import type { Queryable } from '../../shared/kernel/database/database.ts';
import { ServerId } from '../../shared/kernel/ids.ts';
import { voidProofs } from '../../shared/lifecycle/proofs.ts';
import { step } from '../../shared/saga/step.ts';

const username = 'rackline';

/**
 * Replaces the factory account by one of ours, or our password of before the last tenant by a fresh one. The new
 * password is in the safe before the BMC hears of it, and the old account goes only after the new one has been tried:
 * at no moment can nobody get in.
 */
export const rotateBmcCredentials = step({
  name: 'rotate-bmc-credentials',
  input: z.object({ serverId: ServerId }),
  output: z.object({ secretRef: z.string() }),
  run: async ({ serverId }, { db, clock, bmc, secrets }, context) => {
    const asset = await getAsset(db, serverId);
    const [service, pending, factory] = [
      serviceSecret(serverId),
      pendingSecret(serverId),
      factorySecret(asset.manufacturer),
    ];
    const known = await secrets.read(service);
    if (!known || (await isOfBefore(db, serverId))) {
      const fresh = await secrets.write(pending, { username, password: newPassword() }, { createOnly: true });
      if (!(await bmc.canLogIn(bmcWith(asset, pending))))
        await bmc.ensureAccount(bmcWith(asset, known ? service : factory), {
          secretRef: pending,
          role: 'administrator',
        });
      if (!(await bmc.canLogIn(bmcWith(asset, pending))))
        throw new Error(`The BMC at ${asset.bmcAddress} took the new account but does not let it in`);
      await secrets.write(service, fresh);
    }
    await recordBmcSecret(db, clock, serverId, service);
    await secrets.destroy(pending);
    const old = await secrets.read(factory);
    if (old) await bmc.removeAccount(bmcWith(asset, service), { username: old.username });
    if (old && (await bmc.canLogIn(bmcWith(asset, factory))))
      throw new Error(`The BMC at ${asset.bmcAddress} still lets the factory account in`);
    await prove(
      db,
      clock,
      serverId,
      'credentials-rotated',
      {
        secretRef: service,
        account: username,
        bmcAddress: asset.bmcAddress ?? '',
        refusedAccount: old?.username ?? null,
      },
      context,
    );
    return { secretRef: service };
  },
  undo: {
    name: 'restore-factory-credentials',
    run: async ({ serverId }, { db, clock, bmc, secrets }, context) => {
      await voidProofs(db, clock, serverId, ['credentials-rotated'], 'the factory account is restored', context.origin);
      const asset = await getAsset(db, serverId);
      const [service, pending, factory] = [
        serviceSecret(serverId),
        pendingSecret(serverId),
        factorySecret(asset.manufacturer),
      ];
      const [ours] = [
        (await secrets.read(service)) ? service : undefined,
        (await secrets.read(pending)) ? pending : undefined,
      ].filter((ref) => ref !== undefined);
      if (!asset.bmcAddress || !ours || !(await secrets.read(factory))) return;
      if (!(await bmc.canLogIn(bmcWith(asset, factory))))
        await bmc.ensureAccount(bmcWith(asset, ours), { secretRef: factory, role: 'administrator' });
      await recordBmcSecret(db, clock, serverId, null);
      await bmc.removeAccount(bmcWith(asset, factory), { username });
      await secrets.destroy(service);
      await secrets.destroy(pending);
    },
  },
});

/** Whether our password was proved to be fresh once and no longer is: a tenant has had the server since. */
const isOfBefore = async (db: Queryable, serverId: ServerId): Promise<boolean> => {
  const last = (await proofsOf(db, serverId)).find(({ kind }) => kind === 'credentials-rotated');
  return last !== undefined && last.voided !== null;
};
