import { z } from 'zod';
import { assetsOfOrder, recordManifest } from '../../shared/domain/assets/assets.db.ts';
import { getOrder, moveOrder } from '../../shared/domain/orders/orders.db.ts';
import { setPurchaseState, getPurchase, type Purchase } from '../../shared/domain/procurement/procurement.db.ts';
import { orderShipped } from '../../shared/domain/receiving/events.ts';
import {
  insertShipment,
  insertShipmentItem,
  itemsOfPurchase,
  listShipments,
} from '../../shared/domain/receiving/shipments.db.ts';
import { appendEvents } from '../../shared/events/log.ts';
import { days } from '../../shared/kernel/durations.ts';
import { PurchaseId, ServerId, ShipmentId } from '../../shared/kernel/ids.ts';
import { applyTransition } from '../../shared/lifecycle/apply.ts';
import type { ShipNotice } from '../../shared/ports/quoting.ts';
import type { Deps } from '../../shared/saga/deps.ts';
import { nothing, pending, refused, step, type StepContext } from '../../shared/saga/step.ts';

const askAgainSeconds = 12 * 3600;

/** Waits until the vendor has shipped; the ship notice says which machine will be which server. */
export const awaitShipNotice = step({
  name: 'await-ship-notice',
  input: z.object({ purchaseId: PurchaseId }),
  output: z.object({ shipments: z.array(z.object({ shipmentId: ShipmentId, serverIds: z.array(ServerId) })) }),
  atMost: days(60),
  run: async ({ purchaseId }, deps, context) => {
    const purchase = await getPurchase(deps.db, purchaseId);
    const order = await deps.quoting[purchase.vendor].readOrder(purchase.poNumber);
    if (order.outcome === 'cancelled')
      return refused(`${purchase.vendor} cancelled ${purchase.poNumber}: ${order.reason}`);
    if (order.outcome !== 'shipped')
      return pending({
        ticket: purchase.poNumber,
        pollAfterSeconds: askAgainSeconds,
        pace: 'business',
        waitingFor: `${purchase.vendor} to ship ${purchase.poNumber}`,
      });
    for (const notice of order.notices) await announce(deps, context, purchase, notice);
    if (!order.isComplete)
      return pending({
        ticket: purchase.poNumber,
        pollAfterSeconds: askAgainSeconds,
        pace: 'business',
        waitingFor: `${purchase.vendor} to ship the rest of ${purchase.poNumber}`,
      });
    const items = await itemsOfPurchase(deps.db, purchaseId);
    const shipments = await listShipments(deps.db, { orderId: purchase.orderId, limit: 100 });
    return {
      shipments: shipments.map(({ id }) => ({
        shipmentId: id,
        serverIds: items.filter(({ shipmentId }) => shipmentId === id).map(({ serverId }) => serverId),
      })),
    };
  },
  undo: nothing('goods on their way are returned by cancelling the purchase or at the dock'),
});

/** Gives each machine of the notice to one of the servers that were ordered, and begins to follow the shipment. */
async function announce(deps: Deps, context: StepContext, purchase: Purchase, notice: ShipNotice): Promise<void> {
  const { db, clock } = deps;
  const order = await getOrder(db, purchase.orderId);
  await db.transaction(async (tx) => {
    const shipmentId = ShipmentId.parse(context.newId('shipment', notice.trackingNumber));
    const isNews = await insertShipment(tx, clock, {
      id: shipmentId,
      purchaseId: purchase.id,
      orderId: order.id,
      datacenterId: order.datacenterId,
      carrier: notice.carrier,
      trackingNumber: notice.trackingNumber,
      estimatedArrival: notice.estimatedArrival ?? null,
    });
    if (!isNews) return;
    const unnamed = (await assetsOfOrder(tx, order.id)).filter(
      (asset) => asset.boughtFor === order.id && asset.serial === null,
    );
    const servers: ServerId[] = [];
    for (const item of notice.items) {
      const index = unnamed.findIndex((asset) => JSON.stringify(asset.config) === JSON.stringify(item.config));
      const [asset] = unnamed.splice(index < 0 ? 0 : index, 1);
      if (!asset)
        throw new Error(`${purchase.vendor} announced more machines for ${purchase.poNumber} than were ordered`);
      await insertShipmentItem(tx, { shipmentId, serverId: asset.id, manifest: item });
      await recordManifest(tx, clock, asset.id, item);
      await applyTransition(tx, clock, asset.id, 'shipped', context.origin);
      servers.push(asset.id);
    }
    await setPurchaseState(tx, clock, purchase.id, 'shipped');
    await moveOrder(tx, clock, order.id, 'shipping');
    await appendEvents(tx, clock, [
      orderShipped({
        subject: order.id,
        tenantId: order.tenantId,
        datacenterId: order.datacenterId,
        data: {
          orderId: order.id,
          tenantId: order.tenantId,
          datacenterId: order.datacenterId,
          shipmentId,
          carrier: notice.carrier,
          trackingNumber: notice.trackingNumber,
          estimatedArrival: notice.estimatedArrival ?? null,
          servers,
        },
      }),
    ]);
  });
}
