import { z } from 'zod';
import { orderCancelled, orderFailed } from '../../shared/domain/orders/events.ts';
import { getOrder, moveOrder } from '../../shared/domain/orders/orders.db.ts';
import { findSaga } from '../../shared/domain/sagas/sagas.db.ts';
import { appendEvents } from '../../shared/events/log.ts';
import { OrderId } from '../../shared/kernel/ids.ts';
import { step } from '../../shared/saga/step.ts';

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
      const saga = await findSaga(db, sagaId);
      const isCancelled = (saga?.cancelRequested ?? null) !== null;
      const reason = saga?.endedReason ?? 'it could not be fulfilled';
      await db.transaction(async (tx) => {
        const isNews = await moveOrder(tx, clock, orderId, isCancelled ? 'cancelled' : 'failed', reason);
        const { tenantId, datacenterId } = await getOrder(tx, orderId);
        if (isNews)
          await appendEvents(tx, clock, [
            (isCancelled ? orderCancelled : orderFailed)({
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
