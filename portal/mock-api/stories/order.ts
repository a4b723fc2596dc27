import type { Asset } from '../../../shared/domain/assets/assets.db.ts';
import type { Order } from '../../../shared/domain/orders/orders.db.ts';
import type { Teller } from './teller.ts';

/** Whom an event of an order concerns. */
export const about = (teller: Teller, { tenantId, datacenterId }: Pick<Order, 'tenantId' | 'datacenterId'>) => ({
  at: teller.now(),
  tenantId,
  datacenterId,
});

export function setState(teller: Teller, order: Order, state: Order['state'], reason?: string): void {
  Object.assign(order, {
    state,
    version: order.version + 1,
    updatedAt: teller.iso(),
    ...(reason !== undefined && { endedReason: reason }),
  });
  teller.platform.changed();
}

export const assetsOf = (teller: Teller, order: Order): Asset[] =>
  [...teller.platform.assets.values()].filter(({ orderId }) => orderId === order.id);
export const serversIn = ({ lines }: Order): number => lines.reduce((sum, { quantity }) => sum + quantity, 0);
