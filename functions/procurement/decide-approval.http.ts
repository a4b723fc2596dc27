import { approvalView, decisionBlocked } from '../../shared/access/approval-views.ts';
import { approvalsApi } from '../../shared/domain/approvals/approvals.api.ts';
import { decideApproval as decide, findApproval, getApproval } from '../../shared/domain/approvals/approvals.db.ts';
import { httpFunction } from '../../shared/http/http-function.ts';
import { ok } from '../../shared/http/reply.ts';
import { AppError } from '../../shared/kernel/errors/app-error.ts';

export const decideApproval = httpFunction(approvalsApi.decide, {
  find: findApproval,
  handle: async ({ subject: approval, caller, body }, { db, clock }) => {
    const blocked = decisionBlocked(caller, approval);
    if (blocked)
      throw new AppError({
        code: 'approval.not-yours',
        kind: approval.state === 'open' ? 'forbidden' : 'conflict',
        publicMessage: blocked,
      });
    const decision = body.decision === 'approve' ? 'approved' : 'rejected';
    if (!(await decide(db, clock, approval, decision, caller.actor, body.reason)))
      throw new AppError({
        code: 'approval.decided',
        kind: 'conflict',
        publicMessage: 'Somebody else has just decided.',
      });
    return ok(approvalView(caller, await getApproval(db, approval.id)));
  },
});
