import { z } from 'zod';
import { setMaintenanceState } from '../../shared/domain/maintenance/maintenance.db.ts';
import { MaintenanceId, ServerId } from '../../shared/kernel/ids.ts';
import { move } from '../../shared/saga/move.ts';
import { nothing, step } from '../../shared/saga/step.ts';

/** Back in service. */
export const endMaintenance = step({
  name: 'end-maintenance',
  input: z.object({ maintenanceId: MaintenanceId, serverId: ServerId }),
  output: z.object({}),
  run: async ({ maintenanceId, serverId }, deps, context) => {
    await move(deps, context, serverId, 'maintenance-ended');
    await setMaintenanceState(deps.db, deps.clock, maintenanceId, 'done');
    return {};
  },
  undo: nothing('the last step of its story'),
});
