import { decommissionServer } from '../../orchestrations/decommissioning/decommission-server.saga.ts';
import { findAsset } from '../../shared/domain/assets/assets.db.ts';
import { decommissionsApi } from '../../shared/domain/decommissions/decommissions.api.ts';
import { getDecommission, insertDecommission } from '../../shared/domain/decommissions/decommissions.db.ts';
import { httpFunction } from '../../shared/http/http-function.ts';
import { accepted } from '../../shared/http/reply.ts';
import { isoTime } from '../../shared/kernel/clock.ts';
import { AppError } from '../../shared/kernel/errors/app-error.ts';
import { DecommissionId } from '../../shared/kernel/ids.ts';
import { newId } from '../../shared/kernel/new-id.ts';
import { causesFrom } from '../../shared/lifecycle/transitions.ts';
import { sagaId } from '../../shared/saga/define-saga.ts';

export const submitDecommission = httpFunction(decommissionsApi.submit, {
  find: findAsset,
  handle: async ({ subject: asset, caller, body }, { db, clock, sagas }) => {
    if (!causesFrom(asset.state).includes('decommission-proposed'))
      throw new AppError({
        code: 'decommission.wrong-state',
        kind: 'conflict',
        publicMessage: `The server is ${asset.state}; only one in service or ready can be decommissioned.`,
      });
    const id = DecommissionId.parse(newId('decommission', clock.now()));
    await db.transaction(async (tx) => {
      await insertDecommission(tx, {
        id,
        serverId: asset.id,
        tenantId: asset.tenantId,
        reason: body.reason,
        disposition: body.disposition,
        state: 'proposed',
        requestedBy: caller.name,
        requestedById: caller.id,
        sagaId: sagaId(decommissionServer, id),
        createdAt: isoTime(clock.now()),
      });
      await sagas.accept(tx, decommissionServer, id, { decommissionId: id, serverId: asset.id });
    });
    return accepted(await getDecommission(db, id), `/api/v1/decommissions/${id}`);
  },
});
