import { useState } from 'react';
import { DecideApproval } from '../../../../shared/domain/approvals/approvals.api.ts';
import type { ApprovalView } from '../../../../shared/domain/approvals/approvals.api.ts';
import { decideApproval } from '../../api/acts.ts';
import { Button } from '../../ui/button.tsx';
import { Field } from '../../ui/field.tsx';
import { check } from '../../ui/forms/check.ts';
import { useAct } from '../../ui/forms/use-act.ts';
import { ProblemNote } from '../../ui/note.tsx';

const commonReasons = {
  purchase: ['Best offer', 'Within budget', 'Too expensive'],
  decommission: ['No longer needed', 'Still needed', 'Data is moved'],
} as const satisfies Record<ApprovalView['kind'], readonly string[]>;

/** A reason by one touch or in own words, and the decision by the next. */
export function DecideApprovalForm({ approval }: { approval: ApprovalView }) {
  const [reason, setReason] = useState('');
  const [isTried, setTried] = useState(false);
  const decision = useAct(
    ({ decision: which, reason: why }: { decision: 'approve' | 'reject'; reason: string }, key) =>
      decideApproval(approval.id, { decision: which, reason: why }, key),
    {
      said: (_output, { decision: which }) => (which === 'approve' ? 'Approved.' : 'Rejected.'),
    },
  );
  const checked = check(DecideApproval.pick({ reason: true }), { reason });
  const decide = (which: 'approve' | 'reject') => {
    setTried(true);
    if (checked.value) decision.run({ decision: which, reason: checked.value.reason });
  };
  return (
    <form className="decide" onSubmit={(event) => event.preventDefault()} noValidate>
      <Field label="Reason" error={isTried ? checked.errors['reason'] : undefined}>
        {(wiring) => <input {...wiring} value={reason} onChange={(event) => setReason(event.target.value)} />}
      </Field>
      <div className="chips" role="group" aria-label="Common reasons">
        {commonReasons[approval.kind].map((text) => (
          <button
            key={text}
            type="button"
            className="chip"
            aria-pressed={reason === text}
            onClick={() => setReason(text)}
          >
            {text}
          </button>
        ))}
      </div>
      {decision.error ? <ProblemNote error={decision.error} /> : null}
      <div className="form-foot">
        <Button kind="danger" onClick={() => decide('reject')} isBusy={decision.isBusy}>
          Reject
        </Button>
        <Button kind="primary" onClick={() => decide('approve')} isBusy={decision.isBusy}>
          Approve
        </Button>
      </div>
    </form>
  );
}
