import { maintainServer } from '../../orchestrations/operations/maintain-server.saga.ts';
import { findAsset } from '../../shared/domain/assets/assets.db.ts';
import { maintenanceApi } from '../../shared/domain/maintenance/maintenance.api.ts';
import { insertMaintenance } from '../../shared/domain/maintenance/maintenance.db.ts';
import { httpFunction } from '../../shared/http/http-function.ts';
import { accepted } from '../../shared/http/reply.ts';
import { isoTime } from '../../shared/kernel/clock.ts';
import { AppError } from '../../shared/kernel/errors/app-error.ts';
import { MaintenanceId } from '../../shared/kernel/ids.ts';
import { newId } from '../../shared/kernel/new-id.ts';
import { causesFrom } from '../../shared/lifecycle/transitions.ts';

export const requestMaintenance = httpFunction(maintenanceApi.request, {
  find: findAsset,
  handle: async ({ subject: asset, caller, body }, { db, clock, sagas }) => {
    if (!causesFrom(asset.state).includes('maintenance-started'))
      throw new AppError({
        code: 'maintenance.wrong-state',
        kind: 'conflict',
        publicMessage: `The server is ${asset.state}; only one in service can be maintained.`,
      });
    const id = MaintenanceId.parse(newId('maintenance', clock.now()));
    const now = isoTime(clock.now());
    const saga = await db.transaction(async (tx) => {
      await insertMaintenance(tx, clock, {
        id,
        serverId: asset.id,
        reason: body.reason,
        requestedBy: caller.name,
        endsAt: body.endsAt,
      });
      return sagas.accept(tx, maintainServer, id, { maintenanceId: id, serverId: asset.id, reason: body.reason });
    });
    return accepted(
      { id, ...body, state: 'requested', requestedBy: caller.name, createdAt: now, sagaId: saga },
      `/api/v1/sagas/${saga}`,
    );
  },
});
