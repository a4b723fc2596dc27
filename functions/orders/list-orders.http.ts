import { OrderView } from '../../shared/domain/orders/orders.api.ts';
import { listOrders as readOrders, OrderState } from '../../shared/domain/orders/orders.db.ts';
import { httpFunction, ok } from '../../shared/http/http-function.ts';
import { cut, page, PageQuery } from '../../shared/http/paging.ts';

export const listOrders = httpFunction({
  name: 'list-orders',
  route: 'GET /v1/orders',
  summary: 'Orders, newest first.',
  query: PageQuery.extend({ state: OrderState.optional() }),
  answer: page(OrderView),
  allow: ({ caller }) => caller.may('order:read'),
  handle: async ({ caller, query }, { db }) => {
    const orders = await readOrders(db, {
      ...query,
      tenantId: caller.tenantFilter('order:read'),
      limit: query.limit + 1,
    });
    return ok(cut(orders, query.limit, ({ id }) => id));
  },
});
