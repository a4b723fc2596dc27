import { z } from 'zod';
import { assetsOfOrder } from '../../shared/domain/assets/assets.db.ts';
import { getOrder, moveOrder } from '../../shared/domain/orders/orders.db.ts';
import { OrderId, OrderLineId, ServerId } from '../../shared/kernel/ids.ts';
import { beginLife } from '../../shared/lifecycle/apply.ts';
import { moveBack } from '../../shared/saga/move.ts';
import { step } from '../../shared/saga/step.ts';

/** Each server to be bought begins its life here, before anybody has built it. */
export const planPurchase = step({
  name: 'plan-purchase',
  input: z.object({
    orderId: OrderId,
    missing: z.array(z.object({ orderLineId: OrderLineId, quantity: z.number().int().positive() })),
  }),
  output: z.object({ serverIds: z.array(ServerId) }),
  run: async ({ orderId, missing }, { db, clock }, context) =>
    db.transaction(async (tx) => {
      const order = await getOrder(tx, orderId);
      await moveOrder(tx, clock, orderId, 'procuring');
      const serverIds: ServerId[] = [];
      for (const { orderLineId, quantity } of missing) {
        const line = order.lines.find(({ id }) => id === orderLineId);
        if (!line) throw new Error(`The order ${orderId} has no line ${orderLineId}.`);
        for (let n = 1; n <= quantity; n++) {
          const id = ServerId.parse(context.newId('server', orderLineId, n));
          await beginLife(
            tx,
            clock,
            'order-accepted',
            { id, datacenterId: order.datacenterId, orderId, orderLineId, config: line.config },
            context.origin,
          );
          serverIds.push(id);
        }
      }
      return { serverIds };
    }),
  undo: {
    name: 'cancel-planned-servers',
    run: async ({ orderId }, deps, context) => {
      for (const asset of await assetsOfOrder(deps.db, orderId))
        if (asset.boughtFor === orderId) await moveBack(deps, context, asset.id, 'cancelled');
    },
  },
});
