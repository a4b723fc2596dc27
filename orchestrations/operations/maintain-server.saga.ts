import { z } from 'zod';
import { beginMaintenance } from '../../activities/operations/begin-maintenance.ts';
import { endMaintenance } from '../../activities/operations/end-maintenance.ts';
import { performMaintenance } from '../../activities/operations/perform-maintenance.ts';
import { verifyHealth } from '../../activities/operations/verify-health.ts';
import { MaintenanceId, ServerId } from '../../shared/kernel/ids.ts';
import { defineSaga } from '../../shared/saga/define-saga.ts';

/**
 * Guarantees: the work was done and the server is well and back in service.
 * Leaves behind on failure: the server in service, the maintenance called off.
 * Started by: POST /maintenance-windows.
 */
export const maintainServer = defineSaga({
  name: 'maintain-server',
  input: z.object({ maintenanceId: MaintenanceId, serverId: ServerId, reason: z.string() }),
  about: ({ serverId }) => ({ serverId }),
  *story(saga, { maintenanceId, serverId, reason }) {
    yield* saga.step(beginMaintenance, { maintenanceId, serverId });
    // The step does not read maintenanceId; sagas in flight replay with it.
    const work = { maintenanceId, serverId, reason };
    yield* saga.step(performMaintenance, work);
    yield* saga.step(verifyHealth, { serverId });
    yield* saga.step(endMaintenance, { maintenanceId, serverId });
    return { serverId };
  },
});
