import { z } from 'zod';
import { assetsOfOrder } from '../../shared/domain/assets/assets.db.ts';
import { quotesOf } from '../../shared/domain/procurement/procurement.db.ts';
import { OrderId, QuoteId } from '../../shared/kernel/ids.ts';
import { move } from '../../shared/saga/move.ts';
import { nothing, refused, step } from '../../shared/saga/step.ts';

/** Compares what the vendors offered: the lowest total, and of equal totals the sooner delivery. */
export const chooseQuote = step({
  name: 'choose-quote',
  input: z.object({ orderId: OrderId }),
  output: z.object({ quoteId: QuoteId, vendor: z.string(), totalMinor: z.number().int(), currency: z.string() }),
  run: async ({ orderId }, deps, context) => {
    const quotes = await quotesOf(deps.db, orderId);
    const [best] = quotes
      .flatMap(({ id, vendor, state, totalMinor, currency, leadTimeDays, validUntil }) =>
        state === 'quoted' &&
        totalMinor !== null &&
        currency !== null &&
        Date.parse(validUntil ?? '') > deps.clock.now()
          ? [{ quoteId: id, vendor, totalMinor, currency, days: leadTimeDays ?? Infinity }]
          : [],
      )
      .sort((a, b) => a.totalMinor - b.totalMinor || a.days - b.days);
    if (!best)
      return refused(
        'no vendor made an offer that still holds: ' +
          `${quotes.map(({ vendor, state, declinedReason }) => `${vendor} ${declinedReason ?? state}`).join(', ')}`,
      );
    for (const asset of await assetsOfOrder(deps.db, orderId))
      if (asset.boughtFor === orderId) await move(deps, context, asset.id, 'quotes-received');
    const { days: _days, ...choice } = best;
    return choice;
  },
  undo: nothing('a comparison leaves nothing behind; the quotes themselves are cancelled'),
});
