import type { ApprovalView } from '../../../../shared/domain/approvals/approvals.api.ts';
import { useMay } from '../../api/session.ts';
import { KeyValues } from '../../ui/key-values.tsx';
import { ThingLink } from '../../ui/thing-link.tsx';
import { Due, When } from '../../ui/when.tsx';
import { money } from '../../ui/words.ts';
import { DecideApprovalForm } from '../forms/decide-approval.tsx';
import { Quotes } from './quotes.tsx';

/** One open question with all that is needed to answer it. */
export function ApprovalCard({ approval }: { approval: ApprovalView }) {
  const may = useMay();
  const {
    kind,
    amountMinor,
    currency,
    summary,
    policy,
    requestedBy,
    requestedAt,
    dueAt,
    orderId,
    serverId,
    decisionBlockedReason,
  } = approval;
  const isPurchase = kind === 'purchase' && orderId !== null;
  return (
    <article className="card card-wide" aria-label={summary}>
      <div className="card-head">
        <div>
          <p className="card-kind">{kind === 'purchase' ? 'Purchase' : 'End of a server'}</p>
          <h2>{amountMinor !== null && currency !== null ? money(amountMinor, currency) : summary}</h2>
          {amountMinor !== null && <p>{summary}</p>}
        </div>
        <p className="card-due">
          <Due at={dueAt} lead="decide" />
        </p>
      </div>
      <div className="card-facts">
        <KeyValues
          of={{
            Rule: policy,
            'Asked by': requestedBy,
            Asked: <When at={requestedAt} />,
            Tenant: approval.tenantId,
            Order: orderId && <ThingLink of={{ orderId }} />,
            Server: serverId && <ThingLink of={{ serverId }} />,
          }}
        />
        {isPurchase && may('procurement:read') && <Quotes orderId={orderId} chosenMinor={amountMinor} />}
      </div>
      {decisionBlockedReason === null ? (
        <DecideApprovalForm approval={approval} />
      ) : (
        <p className="why">{decisionBlockedReason}</p>
      )}
    </article>
  );
}
