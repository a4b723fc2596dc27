import { ordersApi } from '../../shared/domain/orders/orders.api.ts';
import { findOrder } from '../../shared/domain/orders/orders.db.ts';
import { httpFunction } from '../../shared/http/http-function.ts';
import { accepted } from '../../shared/http/reply.ts';

export const cancelOrder = httpFunction(ordersApi.cancel, {
  find: findOrder,
  handle: async ({ subject: order, caller, body, ifMatch }, { sagas }) => {
    ifMatch(order.version);
    await sagas.cancel(order.sagaId, { by: caller.name, reason: body.reason });
    return accepted(order, `/api/v1/orders/${order.id}`);
  },
});
