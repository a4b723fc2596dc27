import { z } from 'zod';
import { getAsset } from '../../shared/domain/assets/assets.db.ts';
import { bmcOf, bmcWith, tenantSecret } from '../../shared/domain/credentials/bmc-access.ts';
import { newPassword } from '../../shared/domain/credentials/passwords.ts';
import { ServerId } from '../../shared/kernel/ids.ts';
import { SecretRef } from '../../shared/ports/secrets.ts';
import { step } from '../../shared/saga/step.ts';

const longestName = 16; // the shortest limit among the BMCs we meet

/** Makes an account of the tenant's own on the BMC, with a password nobody has seen yet. */
export const issueBmcAccess = step({
  name: 'issue-bmc-access',
  input: z.object({ serverId: ServerId, tenantId: z.string() }),
  output: z.object({ secretRef: SecretRef }),
  run: async ({ serverId, tenantId }, deps) => {
    const { bmc, secrets, db } = deps;
    const secretRef = tenantSecret(serverId);
    await secrets.write(secretRef, { username: nameOf(tenantId), password: newPassword() }, { createOnly: true });
    const asset = await getAsset(db, serverId);
    if (!(await bmc.canLogIn(bmcWith(asset, secretRef)))) {
      await bmc.ensureAccount(bmcOf(asset), { secretRef, role: 'operator' });
      if (!(await bmc.canLogIn(bmcWith(asset, secretRef))))
        throw new Error(`The BMC at ${asset.bmcAddress} took the tenant's account but does not let it in`);
    }
    return { secretRef };
  },
  undo: {
    name: 'revoke-bmc-access',
    run: async ({ serverId, tenantId }, deps) => {
      const asset = await getAsset(deps.db, serverId);
      if (asset.bmcAddress) await deps.bmc.removeAccount(bmcOf(asset), { username: nameOf(tenantId) });
      await deps.secrets.destroy(tenantSecret(serverId));
    },
  },
});

const nameOf = (tenantId: string) => `t-${tenantId}`.slice(0, longestName);
