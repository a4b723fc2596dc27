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
  run: async ({ serverId, orderId }, world, context) => {
    const { tenantId } = await getOrder(world.db, orderId);
    await move(world, context, serverId, 'assigned', { tenantId });
    await world.inventory.setTenant(serverId, tenantId);
    return { tenantId };
  },
  undo: {
    name: 'unassign-server',
    run: async ({ serverId }, world, context) => {
      await moveBack(world, context, serverId, 'unassigned', { tenantId: null });
      await world.inventory.setTenant(serverId, null);
    },
  },
});
