import { z } from 'zod';
import { assetsOfOrder } from '../../shared/domain/assets/assets.db.ts';
import { getOrder } from '../../shared/domain/orders/orders.db.ts';
import { purchaseApproved } from '../../shared/domain/procurement/events.ts';
import {
  insertPurchase,
  recordPlaced,
  setQuoteState,
  purchaseOf,
  quotesOf,
  setPurchaseState,
} from '../../shared/domain/procurement/procurement.db.ts';
import { itemsOfPurchase, recordReturn } from '../../shared/domain/receiving/shipments.db.ts';
import { appendEvents } from '../../shared/events/log.ts';
import { OrderId, PurchaseId, QuoteId } from '../../shared/kernel/ids.ts';
import { move } from '../../shared/saga/move.ts';
import { pending, refused, step } from '../../shared/saga/step.ts';

/** Buys: sends the purchase order to the vendor whose quote was approved. */
export const placePurchase = step({
  name: 'place-purchase',
  input: z.object({ orderId: OrderId, quoteId: QuoteId, decidedBy: z.string(), reason: z.string().nullable() }),
  output: z.object({ purchaseId: PurchaseId, poNumber: z.string() }),
  run: async ({ orderId, quoteId, decidedBy, reason }, deps, context) => {
    const { db, clock, quoting } = deps;
    const order = await getOrder(db, orderId);
    const quote = (await quotesOf(db, orderId)).find(({ id }) => id === quoteId);
    if (!quote?.vendorRef || quote.totalMinor === null || quote.currency === null)
      return refused(`the quote ${quoteId} is not complete`);
    const purchaseId = PurchaseId.parse(context.newId('purchase'));
    const poNumber = `PO-${orderId.slice(-10)}`;
    await insertPurchase(db, clock, {
      id: purchaseId,
      orderId,
      quoteId,
      poNumber,
      vendor: quote.vendor,
      totalMinor: quote.totalMinor,
      currency: quote.currency,
    });
    const placed = await quoting[quote.vendor].submitOrder({
      poNumber,
      quoteRef: quote.vendorRef,
      deliverTo: order.datacenterId,
    });
    if (placed.outcome === 'refused') return refused(`${quote.vendor} did not take the order: ${placed.reason}`);
    for (const asset of await assetsOfOrder(db, orderId))
      if (asset.boughtFor === orderId) await move(deps, context, asset.id, 'purchase-approved');
    await db.transaction(async (tx) => {
      const isNews = await recordPlaced(tx, clock, purchaseId, placed.orderRef);
      await setQuoteState(tx, quoteId, 'accepted');
      if (isNews) {
        await appendEvents(tx, clock, [
          purchaseApproved({
            subject: orderId,
            tenantId: order.tenantId,
            datacenterId: order.datacenterId,
            data: { orderId, tenantId: order.tenantId, datacenterId: order.datacenterId, quoteId, decidedBy, reason },
          }),
        ]);
      }
    });
    return { purchaseId, poNumber };
  },
  undo: {
    name: 'cancel-purchase',
    run: async ({ orderId }, { db, clock, quoting }, context) => {
      const purchase = await purchaseOf(db, orderId);
      if (!purchase || purchase.state === 'cancelled' || purchase.state === 'returned') return undefined;
      const { vendor, poNumber } = purchase;
      const answer = await quoting[vendor].cancelOrder(poNumber, takenBackReason);
      if (answer.outcome === 'cancelled') return void (await setPurchaseState(db, clock, purchase.id, 'cancelled'));

      // Too late to cancel: what leaves the vendor goes back to the vendor, whether or not we have heard of it yet.
      const order = await quoting[vendor].readOrder(poNumber);
      if (order.outcome !== 'shipped' || !order.isComplete)
        return pending({
          ticket: poNumber,
          pollAfterSeconds: 12 * 3600,
          pace: 'business',
          waitingFor: `${vendor} to ship ${poNumber}, which it no longer cancels, to send it back`,
        });
      const alreadyBack = new Set(
        (await itemsOfPurchase(db, purchase.id))
          .filter(({ state }) => state === 'returned')
          .map(({ serial }) => serial),
      );
      const serials = order.notices
        .flatMap(({ items }) => items.map(({ serial }) => serial))
        .filter((serial) => !alreadyBack.has(serial));
      if (serials.length > 0) {
        const returned = await quoting[vendor].requestReturn({
          returnId: context.idempotencyKey,
          poNumber,
          serials,
          reason: takenBackReason,
        });
        if (returned.outcome === 'refused')
          throw new Error(
            `${vendor} neither cancels ${poNumber} (${answer.reason}) nor takes it back (${returned.reason})`,
          );
      }
      await recordReturn(db, clock, purchase.id, serials);
      return void (await setPurchaseState(db, clock, purchase.id, 'returned'));
    },
  },
});

const takenBackReason = 'the customer order was taken back';
