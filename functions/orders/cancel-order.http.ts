import { z } from 'zod';
import { OrderView } from '../../shared/domain/orders/orders.api.ts';
import { findOrder } from '../../shared/domain/orders/orders.db.ts';
import { accepted, httpFunction, notFound } from '../../shared/http/http-function.ts';
import { OrderId } from '../../shared/kernel/ids.ts';
import { Reason } from '../../shared/kernel/text.ts';

export const cancelOrder = httpFunction({
  name: 'cancel-order',
  route: 'POST /v1/orders/{id}/cancel',
  summary: 'Take an order back: everything done for it is undone.',
  params: z.object({ id: OrderId }),
  body: z.object({ reason: Reason.default('no reason given') }),
  answer: OrderView,
  allow: ({ caller }) => caller.may('order:cancel'),
  handle: async ({ caller, params, body, ifMatch }, { db, sagas }) => {
    const order = await findOrder(db, params.id);
    if (!order || !caller.may('order:cancel', order)) throw notFound('order', params.id);
    ifMatch(order.version);
    await sagas.cancel(order.sagaId, { by: caller.name, reason: body.reason });
    return accepted(order, `/api/v1/orders/${order.id}`);
  },
});
