import { fulfillOrder } from '../../orchestrations/orders/fulfill-order.saga.ts';
import { chooseDatacenter } from '../../shared/domain/datacenters/datacenters.db.ts';
import { orderCreated } from '../../shared/domain/orders/events.ts';
import { ordersApi } from '../../shared/domain/orders/orders.api.ts';
import { insertOrder, Order } from '../../shared/domain/orders/orders.db.ts';
import { getTenant } from '../../shared/domain/tenants/tenants.db.ts';
import { appendEvents } from '../../shared/events/log.ts';
import { httpFunction } from '../../shared/http/http-function.ts';
import { accepted, forbidden } from '../../shared/http/reply.ts';
import { isoTime } from '../../shared/kernel/clock.ts';
import { AppError } from '../../shared/kernel/errors/app-error.ts';
import { OrderId } from '../../shared/kernel/ids.ts';
import { newId } from '../../shared/kernel/new-id.ts';
import { sagaId } from '../../shared/saga/define-saga.ts';

export const submitOrder = httpFunction(ordersApi.submit, async ({ body, caller }, { db, clock, sagas }) => {
  const tenantId = body.tenantId ?? caller.tenantId;
  if (tenantId === undefined)
    throw new AppError({
      code: 'order.tenant-missing',
      kind: 'invalid',
      publicMessage: 'Say for which tenant you order.',
      complaints: [{ where: 'tenantId', what: 'is needed when staff order' }],
    });
  if (!caller.may('order:create', { tenantId })) throw forbidden(caller);
  await getTenant(db, tenantId);
  const datacenterId = await chooseDatacenter(db, body);
  const now = clock.now();
  const id = OrderId.parse(newId('order', now));
  const order = Order.parse({
    id,
    tenantId,
    datacenterId,
    state: 'received',
    version: 1,
    requestedBy: caller.name,
    requestedById: caller.id,
    sagaId: sagaId(fulfillOrder, id),
    endedReason: null,
    createdAt: isoTime(now),
    updatedAt: isoTime(now),
    lines: body.lines.map((line, index) => ({ id: newId('orderLine', now), position: index + 1, ...line })),
  });
  await db.transaction(async (tx) => {
    await insertOrder(tx, order);
    await sagas.accept(tx, fulfillOrder, id, { orderId: id });
    await appendEvents(tx, clock, [
      orderCreated({
        subject: id,
        tenantId,
        datacenterId,
        data: {
          orderId: id,
          tenantId: order.tenantId,
          datacenterId,
          lines: order.lines.map(({ quantity, config }) => ({ quantity, config })),
          requestedBy: caller.name,
        },
      }),
    ]);
  });
  return accepted(order, `/api/v1/orders/${id}`);
});
