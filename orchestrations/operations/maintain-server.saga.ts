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
export const maintainServer = defineSaga(
  'maintain-server',
  z.object({ maintenanceId: MaintenanceId, serverId: ServerId, reason: z.string() }),
  function* (saga, { maintenanceId, serverId, reason }) {
    yield* saga.step(beginMaintenance, { maintenanceId, serverId });
    yield* saga.step(performMaintenance, { maintenanceId, serverId, reason });
    yield* saga.step(verifyHealth, { serverId });
    yield* saga.step(endMaintenance, { maintenanceId, serverId });
    return { serverId };
  },
);
