import { z } from 'zod';
import { setMaintenanceState } from '../../shared/domain/maintenance/maintenance.db.ts';
import { MaintenanceId, ServerId } from '../../shared/kernel/ids.ts';
import { move, moveBack } from '../../shared/saga/move.ts';
import { step } from '../../shared/saga/step.ts';

/** Takes a server out of its alarms' sight for a while; it stays the tenant's. */
export const beginMaintenance = step({
  name: 'begin-maintenance',
  input: z.object({ maintenanceId: MaintenanceId, serverId: ServerId }),
  output: z.object({}),
  run: async ({ maintenanceId, serverId }, deps, context) => {
    await move(deps, context, serverId, 'maintenance-started');
    await setMaintenanceState(deps.db, deps.clock, maintenanceId, 'open', 'requested');
    return {};
  },
  undo: {
    name: 'call-off-maintenance',
    run: async ({ maintenanceId, serverId }, deps, context) => {
      await moveBack(deps, context, serverId, 'maintenance-ended');
      await setMaintenanceState(deps.db, deps.clock, maintenanceId, 'cancelled');
    },
  },
});
