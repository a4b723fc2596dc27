import { z } from 'zod';
import { setQuoteState, quotesOf } from '../../shared/domain/procurement/procurement.db.ts';
import { OrderId, QuoteId } from '../../shared/kernel/ids.ts';
import { nothing, step } from '../../shared/saga/step.ts';

/** Tells the vendors that were not chosen. */
export const declineOtherQuotes = step({
  name: 'decline-other-quotes',
  input: z.object({ orderId: OrderId, chosen: QuoteId }),
  output: z.object({}),
  run: async ({ orderId, chosen }, { db, quoting }) => {
    for (const quote of await quotesOf(db, orderId)) {
      if (quote.id === chosen || quote.state === 'cancelled') continue;
      if (quote.vendorRef) await quoting[quote.vendor].cancelQuote(quote.vendorRef);
      await setQuoteState(db, quote.id, 'cancelled');
    }
    return {};
  },
  undo: nothing('a declined quote is asked for again by the next order'),
});
