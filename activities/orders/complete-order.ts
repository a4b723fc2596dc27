import { z } from 'zod';
import { assetsOfOrder } from '../../shared/domain/assets/assets.db.ts';
import { orderFulfilled } from '../../shared/domain/orders/events.ts';
import { getOrder, moveOrder } from '../../shared/domain/orders/orders.db.ts';
import { appendEvents } from '../../shared/events/log.ts';
import { OrderId } from '../../shared/kernel/ids.ts';
import { nothing, step } from '../../shared/saga/step.ts';

/** Every server of the order has been handed over. */
export const completeOrder = step({
  name: 'complete-order',
  input: z.object({ orderId: OrderId }),
  output: z.object({}),
  run: async ({ orderId }, { db, clock }) =>
    db.transaction(async (tx) => {
      const isNews = await moveOrder(tx, clock, orderId, 'fulfilled');
      const { tenantId, datacenterId } = await getOrder(tx, orderId);
      const servers = (await assetsOfOrder(tx, orderId)).map(({ id }) => id);
      if (isNews)
        await appendEvents(tx, clock, [
          orderFulfilled({
            subject: orderId,
            tenantId,
            datacenterId,
            data: { orderId, tenantId, datacenterId, servers },
          }),
        ]);
      return {};
    }),
  undo: nothing('past the point of no return'),
});
