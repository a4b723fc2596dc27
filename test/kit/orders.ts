import { fulfillOrder } from '../../orchestrations/orders/fulfill-order.saga.ts';
import { insertOrder, Order } from '../../shared/domain/orders/orders.db.ts';
import type { ServerConfig } from '../../shared/facts/server.ts';
import { isoTime } from '../../shared/kernel/clock.ts';
import { OrderId } from '../../shared/kernel/ids.ts';
import { newId } from '../../shared/kernel/new-id.ts';
import { sagaId } from '../../shared/saga/define-saga.ts';
import type { TestPlatform } from './test-platform.ts';

export const usualConfig: ServerConfig = {
  cpu: '2x Intel Xeon Gold 6530',
  ram: '512GB DDR5',
  storage: '4x 3.84TB NVMe',
  network: '2x 100GbE',
};

/** An accepted order whose saga has not begun. */
export async function placeOrder(
  { db, time }: TestPlatform,
  {
    quantity = 1,
    config = usualConfig,
    datacenter = 'dc-nyc-01',
  }: { quantity?: number; config?: ServerConfig; datacenter?: string } = {},
): Promise<Order> {
  const id = OrderId.parse(newId('order', time.now()));
  const now = isoTime(time.now());
  const order = Order.parse({
    id,
    tenantId: 'acme',
    datacenterId: datacenter,
    state: 'received',
    version: 1,
    requestedBy: 'tenant-admin@acme.example',
    requestedById: 'tenant-admin@acme.example',
    sagaId: sagaId(fulfillOrder, id),
    endedReason: null,
    createdAt: now,
    updatedAt: now,
    lines: [{ id: newId('orderLine', time.now()), position: 1, quantity, config }],
  });
  await insertOrder(db, order);
  return order;
}
