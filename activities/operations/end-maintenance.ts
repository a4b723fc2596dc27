import { z } from 'zod';
import { isoTime } from '../../shared/kernel/clock.ts';
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
    await deps.db.run("UPDATE maintenance SET state = 'done', updated_at = $2 WHERE id = $1", [
      maintenanceId,
      isoTime(deps.clock.now()),
    ]);
    return {};
  },
  undo: nothing('the last step of its story'),
});
