import { z } from 'zod';
import { OrderView } from '../../shared/api/orders.ts';
import { findOrder } from '../../shared/db/orders.ts';
import { accepted, httpFunction, notFound } from '../../shared/http/http-function.ts';
import { OrderId } from '../../shared/ids.ts';

export const cancelOrder = httpFunction({
  name: 'cancel-order',
  route: 'POST /v1/orders/{id}/cancel',
  summary: 'Take an order back: everything done for it is undone.',
  params: z.object({ id: OrderId }),
  body: z.object({ reason: z.string().trim().min(1).max(1000).default('no reason given') }),
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
