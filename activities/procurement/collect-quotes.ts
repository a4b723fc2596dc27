import { z } from 'zod';
import { getOrder } from '../../shared/domain/orders/orders.db.ts';
import { quoteReceived } from '../../shared/domain/procurement/events.ts';
import {
  recordQuoted,
  recordQuoteDeclined,
  quotesOf,
  type Quote,
} from '../../shared/domain/procurement/procurement.db.ts';
import { appendEvents } from '../../shared/events/log.ts';
import { OrderId } from '../../shared/kernel/ids.ts';
import type { Deps } from '../../shared/saga/deps.ts';
import { nothing, pending, step } from '../../shared/saga/step.ts';

const askAgainSeconds = 4 * 3600;

/** Waits until every vendor asked has answered. */
export const collectQuotes = step({
  name: 'collect-quotes',
  input: z.object({ orderId: OrderId }),
  output: z.object({ quoted: z.number().int() }),
  run: async ({ orderId }, deps) => {
    for (const quote of await quotesOf(deps.db, orderId))
      if (quote.state === 'requested' && quote.vendorRef) await readAnswer(deps, quote, quote.vendorRef);
    const quotes = await quotesOf(deps.db, orderId);
    const silent = quotes.filter(({ state }) => state === 'requested').map(({ vendor }) => vendor);
    if (silent.length > 0)
      return pending({
        ticket: 'quotes',
        pollAfterSeconds: askAgainSeconds,
        pace: 'business',
        waitingFor: `quotes from ${silent.join(' and ')}`,
      });
    return { quoted: quotes.filter(({ state }) => state === 'quoted').length };
  },
  undo: nothing('an answer that was read leaves nothing behind'),
});

async function readAnswer({ db, clock, quoting }: Deps, quote: Quote, ref: string): Promise<void> {
  const answer = await quoting[quote.vendor].readQuote(ref);
  if (answer.outcome === 'pending') return;
  const { tenantId, datacenterId } = await getOrder(db, quote.orderId);
  await db.transaction(async (tx) => {
    if (answer.outcome === 'quoted') {
      const { totalMinor, currency } = answer.quote;
      const isNews = await recordQuoted(tx, clock, quote.id, answer.quote);
      if (isNews)
        await appendEvents(tx, clock, [
          quoteReceived({
            subject: quote.orderId,
            tenantId,
            datacenterId,
            data: {
              orderId: quote.orderId,
              tenantId,
              datacenterId,
              quoteId: quote.id,
              vendor: quote.vendor,
              totalMinor,
              currency,
            },
          }),
        ]);
    } else {
      const reason = answer.outcome === 'declined' ? answer.reason : 'withdrawn by the vendor';
      await recordQuoteDeclined(tx, clock, quote.id, reason);
    }
  });
}
