import { z } from 'zod';
import { setDecommissionState, getDecommission } from '../../shared/domain/decommissions/decommissions.db.ts';
import { DecommissionId, ServerId } from '../../shared/kernel/ids.ts';
import { move } from '../../shared/saga/move.ts';
import { nothing, step } from '../../shared/saga/step.ts';

/** Closes the server's life with what became of it. */
export const retireServer = step({
  name: 'retire-server',
  input: z.object({ decommissionId: DecommissionId, serverId: ServerId }),
  output: z.object({ disposition: z.string() }),
  run: async ({ decommissionId, serverId }, deps, context) => {
    const { disposition } = await getDecommission(deps.db, decommissionId);
    await deps.dcim.removeDevice(serverId);
    await move(deps, context, serverId, disposition === 'destroyed' ? 'destroyed' : 'disposed', { disposition });
    await setDecommissionState(deps.db, deps.clock, decommissionId, 'done');
    return { disposition };
  },
  undo: nothing('the last step of its life'),
});
