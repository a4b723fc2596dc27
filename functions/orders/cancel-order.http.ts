import { ordersApi } from '../../shared/domain/orders/orders.api.ts';
import { findOrder } from '../../shared/domain/orders/orders.db.ts';
import { httpFunction } from '../../shared/http/http-function.ts';
import { accepted, notFound } from '../../shared/http/reply.ts';

export const cancelOrder = httpFunction(ordersApi.cancel, async ({ caller, params, body, ifMatch }, { db, sagas }) => {
  const order = await findOrder(db, params.id);
  if (!order || !caller.may('order:cancel', order)) throw notFound('order', params.id);
  ifMatch(order.version);
  await sagas.cancel(order.sagaId, { by: caller.name, reason: body.reason });
  return accepted(order, `/api/v1/orders/${order.id}`);
});
