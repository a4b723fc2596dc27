import { z } from 'zod';
import { isoTime } from '../../shared/kernel/clock.ts';
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
    await deps.db.run("UPDATE maintenance SET state = 'open', updated_at = $2 WHERE id = $1 AND state = 'requested'", [
      maintenanceId,
      isoTime(deps.clock.now()),
    ]);
    return {};
  },
  undo: {
    name: 'call-off-maintenance',
    run: async ({ maintenanceId, serverId }, deps, context) => {
      await moveBack(deps, context, serverId, 'maintenance-ended');
      await deps.db.run("UPDATE maintenance SET state = 'cancelled', updated_at = $2 WHERE id = $1", [
        maintenanceId,
        isoTime(deps.clock.now()),
      ]);
    },
  },
});
