import { z } from 'zod';
import { getAsset } from '../../shared/domain/assets/assets.db.ts';
import { bmcOf, bmcWith, tenantSecret } from '../../shared/domain/credentials/bmc-access.ts';
import { setDecommissionState } from '../../shared/domain/decommissions/decommissions.db.ts';
import { DecommissionId, ServerId } from '../../shared/kernel/ids.ts';
import { move } from '../../shared/saga/move.ts';
import { nothing, step } from '../../shared/saga/step.ts';

/** Takes the server from its tenant: the account, the secret, the ownership. Proved by trying to log in. */
export const revokeTenantAccess = step({
  name: 'revoke-tenant-access',
  input: z.object({ decommissionId: DecommissionId, serverId: ServerId }),
  output: z.object({}),
  run: async ({ decommissionId, serverId }, deps, context) => {
    const { db, bmc, secrets, dcim, clock } = deps;
    const asset = await getAsset(db, serverId);
    const theirs = await secrets.read(tenantSecret(serverId));
    if (theirs) {
      await bmc.removeAccount(bmcOf(asset), { username: theirs.username });
      if (await bmc.canLogIn(bmcWith(asset, tenantSecret(serverId))))
        throw new Error(`The BMC of ${asset.serial} still lets ${theirs.username} in`);
      await secrets.destroy(tenantSecret(serverId));
    }
    await dcim.setTenant(serverId, null);
    await move(deps, context, serverId, 'decommission-approved', { tenantId: null });
    await setDecommissionState(db, clock, decommissionId, 'erasing');
    return {};
  },
  undo: nothing('past the point of no return'),
});
