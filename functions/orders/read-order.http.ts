import { assetsOfOrder } from '../../shared/domain/assets/assets.db.ts';
import { ordersApi } from '../../shared/domain/orders/orders.api.ts';
import { findOrder, type Order } from '../../shared/domain/orders/orders.db.ts';
import { sagaFamily } from '../../shared/domain/sagas/sagas.db.ts';
import { httpFunction } from '../../shared/http/http-function.ts';
import { ok } from '../../shared/http/reply.ts';
import type { Queryable } from '../../shared/kernel/database/database.ts';

export const readOrder = httpFunction(ordersApi.read, {
  find: findOrder,
  handle: async ({ subject: order }, { db }) => {
    return ok(
      { ...order, servers: await assetsOfOrder(db, order.id), cancelBlockedReason: await cancelBlocked(db, order) },
      order.version,
    );
  },
});

async function cancelBlocked(db: Queryable, order: Order): Promise<string | null> {
  if (['fulfilled', 'cancelled', 'failed'].includes(order.state)) return `The order is ${order.state}.`;
  const family = await sagaFamily(db, order.sagaId);
  const noReturn = family.find(({ pointOfNoReturn }) => pointOfNoReturn)?.pointOfNoReturn;
  if (noReturn) return `It can no longer be taken back: ${noReturn}.`;
  const asked = family.find(({ cancelRequested }) => cancelRequested)?.cancelRequested;
  return asked ? `${asked.by} has asked for it already.` : null;
}
