import { z } from 'zod';
import { orderCancelled, orderFailed } from '../../shared/domain/orders/events.ts';
import { getOrder, moveOrder } from '../../shared/domain/orders/orders.db.ts';
import { appendEvents } from '../../shared/events/log.ts';
import { OrderId } from '../../shared/kernel/ids.ts';
import { step } from '../../shared/saga/step.ts';

const SagaEnd = z.object({ ended_reason: z.string().nullable(), is_cancelled: z.boolean() });

/** Takes an accepted order in hand. Its undo is the last of an unwound order and tells everybody how it ended. */
export const beginOrder = step({
  name: 'begin-order',
  input: z.object({ orderId: OrderId }),
  output: z.object({ datacenterId: z.string() }),
  run: async ({ orderId }, { db, clock }) => {
    await moveOrder(db, clock, orderId, 'checking');
    return { datacenterId: (await getOrder(db, orderId)).datacenterId };
  },
  undo: {
    name: 'close-unfulfilled-order',
    run: async ({ orderId }, { db, clock }, { sagaId }) => {
      const saga = await db.maybe(
        SagaEnd,
        'SELECT ended_reason, cancel_requested IS NOT NULL AS is_cancelled FROM saga WHERE id = $1',
        [sagaId],
      );
      const reason = saga?.ended_reason ?? 'it could not be fulfilled';
      await db.transaction(async (tx) => {
        const isNews = await moveOrder(tx, clock, orderId, saga?.is_cancelled ? 'cancelled' : 'failed', reason);
        const { tenantId, datacenterId } = await getOrder(tx, orderId);
        if (isNews)
          await appendEvents(tx, clock, [
            (saga?.is_cancelled ? orderCancelled : orderFailed)({
              subject: orderId,
              tenantId,
              datacenterId,
              data: { orderId, tenantId, datacenterId, reason },
            }),
          ]);
      });
    },
  },
});
