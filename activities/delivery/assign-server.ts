import { z } from 'zod';
import { getOrder } from '../../shared/domain/orders/orders.db.ts';
import { OrderId, ServerId } from '../../shared/kernel/ids.ts';
import { move, moveBack } from '../../shared/saga/move.ts';
import { step } from '../../shared/saga/step.ts';

/** Gives a ready server to the tenant who ordered it: in our books first, in the inventory after. */
export const assignServer = step({
  name: 'assign-server',
  input: z.object({ serverId: ServerId, orderId: OrderId }),
  output: z.object({ tenantId: z.string() }),
  run: async ({ serverId, orderId }, deps, context) => {
    const { tenantId } = await getOrder(deps.db, orderId);
    await move(deps, context, serverId, 'assigned', { tenantId });
    await deps.dcim.setTenant(serverId, tenantId);
    return { tenantId };
  },
  undo: {
    name: 'unassign-server',
    run: async ({ serverId }, deps, context) => {
      await moveBack(deps, context, serverId, 'unassigned', { tenantId: null });
      await deps.dcim.setTenant(serverId, null);
    },
  },
});
