import { useQuery } from '@tanstack/react-query';
import type { QuoteView } from '../../../../shared/domain/procurement/procurement.api.ts';
import { quotesQuery } from '../../api/queries.ts';
import { Answered } from '../../ui/answered.tsx';
import { StateBadge } from '../../ui/badge.tsx';
import { KeyValues } from '../../ui/key-values.tsx';
import { When } from '../../ui/when.tsx';
import { company, count, money } from '../../ui/words.ts';

/** What each vendor offers, side by side. */
export function Quotes({ orderId, chosenMinor }: { orderId: string; chosenMinor?: number | null }) {
  const quotes = useQuery(quotesQuery(orderId));
  return (
    <Answered query={quotes} rows={2}>
      {({ items }) =>
        items.length === 0 ? (
          <p className="soft">No vendor has been asked: stock serves this order, or it is not that far.</p>
        ) : (
          <ul className="quotes">
            {items.map((quote) => (
              <Quote
                key={quote.id}
                quote={quote}
                isCheapest={isCheapest(quote, items)}
                isChosen={chosenMinor !== undefined && quote.totalMinor === chosenMinor}
              />
            ))}
          </ul>
        )
      }
    </Answered>
  );
}

const isCheapest = ({ totalMinor }: QuoteView, all: readonly QuoteView[]): boolean =>
  totalMinor !== null &&
  all.filter((each) => each.totalMinor !== null).length > 1 &&
  all.every((each) => each.totalMinor === null || each.totalMinor >= totalMinor);

function Quote({
  quote,
  isCheapest: cheapest,
  isChosen,
}: {
  quote: QuoteView;
  isCheapest: boolean;
  isChosen: boolean;
}) {
  const { vendor, state, totalMinor, currency, validUntil, leadTimeDays, model, declinedReason, requestedAt } = quote;
  return (
    <li className={isChosen ? 'quote quote-chosen' : 'quote'}>
      <p className="quote-vendor">
        {company(vendor)}
        <StateBadge state={state} />
      </p>
      <p className="quote-price">
        {totalMinor !== null && currency !== null ? money(totalMinor, currency) : 'No price yet'}
      </p>
      <p className="quote-marks">
        {isChosen && <strong>To be bought</strong>}
        {cheapest && <span>Cheapest</span>}
      </p>
      <KeyValues
        of={{
          Model: model,
          Delivery: leadTimeDays !== null && `in ${count(leadTimeDays, 'day')}`,
          'Valid until': validUntil && <When at={validUntil} />,
          Declined: declinedReason,
          Asked: <When at={requestedAt} />,
        }}
      />
    </li>
  );
}
