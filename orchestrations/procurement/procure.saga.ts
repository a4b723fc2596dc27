import { z } from 'zod';
import { awaitPurchaseDecision } from '../../activities/procurement/await-purchase-decision.ts';
import { awaitShipNotice } from '../../activities/procurement/await-ship-notice.ts';
import { chooseQuote } from '../../activities/procurement/choose-quote.ts';
import { collectQuotes } from '../../activities/procurement/collect-quotes.ts';
import { declineOtherQuotes } from '../../activities/procurement/decline-other-quotes.ts';
import { placePurchase } from '../../activities/procurement/place-purchase.ts';
import { planPurchase } from '../../activities/procurement/plan-purchase.ts';
import { requestApproval } from '../../activities/procurement/request-approval.ts';
import { requestQuote } from '../../activities/procurement/request-quote.ts';
import { OrderId, OrderLineId, QuoteId } from '../../shared/kernel/ids.ts';
import { defineSaga } from '../../shared/saga/define-saga.ts';

const oneDay = 86_400_000;
const Missing = z.object({ orderLineId: OrderLineId, quantity: z.number().int().positive() });

/**
 * Guarantees: what stock lacked is bought from the cheapest vendor, with approval, and has been shipped.
 * Leaves behind on failure: no open quote, no purchase, every planned server cancelled.
 * Started by: fulfill-order.
 */
export const procure = defineSaga({
  name: 'procure',
  input: z.object({ orderId: OrderId, missing: z.array(Missing) }),
  about: ({ orderId }) => ({ orderId }),
  *story(saga, { orderId, missing }) {
    yield* saga.step(planPurchase, { orderId, missing });
    yield* saga.step(requestQuote, { orderId, vendor: 'hpe', missing });
    yield* saga.step(requestQuote, { orderId, vendor: 'dell', missing });
    // a vendor who has not answered by then is left out
    yield* saga.waitFor(collectQuotes, { orderId }, { atMost: oneDay });
    const offer = yield* saga.step(chooseQuote, { orderId });

    const { approvalId } = yield* saga.step(requestApproval, { orderId, ...offer });
    const decided = yield* saga.waitFor(awaitPurchaseDecision, { approvalId }, { atMost: 5 * oneDay });
    if (decided === 'too-late') return saga.fail('procure.undecided', 'nobody decided on the purchase within 5 days');
    if (decided.decision !== 'approved')
      return saga.fail(
        'procure.rejected',
        `${decided.by} rejected the purchase: ${decided.reason ?? 'no reason given'}`,
      );

    const quoteId = QuoteId.parse(offer.quoteId);
    const { purchaseId } = yield* saga.step(placePurchase, {
      orderId,
      quoteId,
      decidedBy: decided.by,
      reason: decided.reason,
    });
    yield* saga.step(declineOtherQuotes, { orderId, chosen: quoteId });
    return yield* saga.step(awaitShipNotice, { purchaseId });
  },
});
