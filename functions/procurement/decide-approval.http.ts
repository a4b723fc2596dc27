import { z } from 'zod';
import { approvalView, decisionBlocked } from '../../shared/access/approval-views.ts';
import { ApprovalView, DecideApproval } from '../../shared/domain/approvals/approvals.api.ts';
import { decideApproval as decide, getApproval } from '../../shared/domain/approvals/approvals.db.ts';
import { httpFunction, notFound, ok } from '../../shared/http/http-function.ts';
import { AppError } from '../../shared/kernel/errors/app-error.ts';
import { ApprovalId } from '../../shared/kernel/ids.ts';

export const decideApproval = httpFunction({
  name: 'decide-approval',
  route: 'POST /v1/approvals/{id}/decision',
  summary: 'Approve or reject. Nobody decides on what they asked for themselves.',
  params: z.object({ id: ApprovalId }),
  body: DecideApproval,
  answer: ApprovalView,
  allow: ({ caller }) => caller.may('purchase:decide') || caller.may('decommission:decide'),
  handle: async ({ caller, params, body }, { db, clock }) => {
    const approval = await getApproval(db, params.id);
    if (!caller.may('approval:read', approval)) throw notFound('approval', params.id);
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
