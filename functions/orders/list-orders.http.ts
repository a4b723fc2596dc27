import { ordersApi } from '../../shared/domain/orders/orders.api.ts';
import { listOrders as readOrders } from '../../shared/domain/orders/orders.db.ts';
import { httpFunction } from '../../shared/http/http-function.ts';
import { ok } from '../../shared/http/reply.ts';
import { cut } from '../../shared/kernel/api/paging.ts';

export const listOrders = httpFunction(ordersApi.list, async ({ caller, query }, { db }) => {
  const orders = await readOrders(db, {
    ...query,
    tenantId: caller.tenantFilter('order:read'),
    limit: query.limit + 1,
  });
  return ok(cut(orders, query.limit, ({ id }) => id));
});
