import { z } from 'zod';
import { getOrder } from '../../shared/domain/orders/orders.db.ts';
import { quoteReceived } from '../../shared/domain/procurement/events.ts';
import { quotesOf, type Quote } from '../../shared/domain/procurement/procurement.db.ts';
import { appendEvents } from '../../shared/events/log.ts';
import { isoTime } from '../../shared/kernel/clock.ts';
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
      const { totalMinor, currency, validUntil, leadTimeDays, model } = answer.quote;
      const isNews = await tx.run(
        "UPDATE quote SET state = 'quoted', total_minor = $2, currency = $3, valid_until = $4, " +
          "lead_time_days = $5, model = $6, answered_at = $7 WHERE id = $1 AND state = 'requested'",
        [quote.id, totalMinor, currency, validUntil, leadTimeDays, model, isoTime(clock.now())],
      );
      if (isNews > 0)
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
      await tx.run(
        "UPDATE quote SET state = 'declined', declined_reason = $2, answered_at = $3 WHERE id = $1 AND " +
          "state = 'requested'",
        [quote.id, reason, isoTime(clock.now())],
      );
    }
  });
}
