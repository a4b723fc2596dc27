import { z } from 'zod';
import { assetsOfOrder } from '../../shared/domain/assets/assets.db.ts';
import { getOrder } from '../../shared/domain/orders/orders.db.ts';
import { quoteRequested } from '../../shared/domain/procurement/events.ts';
import {
  insertQuote,
  recordQuoteDeclined,
  recordQuoteRef,
  setQuoteState,
  quoteFrom,
  Vendor,
} from '../../shared/domain/procurement/procurement.db.ts';
import { appendEvents } from '../../shared/events/log.ts';
import { OrderId, QuoteId } from '../../shared/kernel/ids.ts';
import { applyTransition } from '../../shared/lifecycle/apply.ts';
import { step } from '../../shared/saga/step.ts';

/** Asks one vendor what the missing servers would cost. One whose quoting is off counts as having declined. */
export const requestQuote = step({
  name: 'request-quote',
  input: z.object({
    orderId: OrderId,
    vendor: Vendor,
    missing: z.array(z.object({ orderLineId: z.string(), quantity: z.number().int().positive() })),
  }),
  output: z.object({ quoteId: QuoteId }),
  run: async ({ orderId, vendor, missing }, { db, clock, quoting }, context) => {
    const order = await getOrder(db, orderId);
    const quoteId = QuoteId.parse(context.newId('quote'));
    const lines = missing.map(({ orderLineId, quantity }) => {
      const line = order.lines.find(({ id }) => id === orderLineId);
      if (!line) throw new Error(`The order ${orderId} has no line ${orderLineId}.`);
      return { config: line.config, quantity };
    });
    // Ours is written first: a quote that the vendor knows and we do not could never be cancelled.
    await insertQuote(db, clock, { id: quoteId, orderId, vendor, lines });
    // Where no vendor can be asked the step waits, by what requestQuote throws.
    if (quoting[vendor].isOff && Object.values(quoting).some(({ isOff }) => !isOff)) {
      await recordQuoteDeclined(db, clock, quoteId, 'its quoting is off');
      return { quoteId };
    }
    const { ref } = await quoting[vendor].requestQuote({ requestId: quoteId, lines, deliverTo: order.datacenterId });
    await db.transaction(async (tx) => {
      const isNews = await recordQuoteRef(tx, quoteId, ref);
      for (const asset of await assetsOfOrder(tx, orderId))
        if (asset.boughtFor === orderId) await applyTransition(tx, clock, asset.id, 'quotes-requested', context.origin);
      if (isNews)
        await appendEvents(tx, clock, [
          quoteRequested({
            subject: orderId,
            tenantId: order.tenantId,
            datacenterId: order.datacenterId,
            data: { orderId, tenantId: order.tenantId, datacenterId: order.datacenterId, quoteId, vendor },
          }),
        ]);
    });
    return { quoteId };
  },
  undo: {
    name: 'cancel-quote',
    run: async ({ orderId, vendor }, { db, quoting }) => {
      const quote = await quoteFrom(db, orderId, vendor);
      if (!quote) return;
      // The answer to our request may have been lost: the vendor finds it again by our own id.
      const { ref } = quote.vendorRef
        ? { ref: quote.vendorRef }
        : ((await quoting[vendor].findQuote(quote.id)) ?? { ref: undefined });
      if (ref) await quoting[vendor].cancelQuote(ref);
      await setQuoteState(db, quote.id, 'cancelled');
    },
  },
});
