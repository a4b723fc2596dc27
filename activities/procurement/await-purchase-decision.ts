import { z } from 'zod';
import { getApproval } from '../../shared/domain/approvals/approvals.db.ts';
import { ApprovalId } from '../../shared/kernel/ids.ts';
import { nothing, pending, step } from '../../shared/saga/step.ts';

const recheckSeconds = 6 * 3600; // the truth check; a decision wakes the saga at once

/** Waits until somebody has decided. */
export const awaitPurchaseDecision = step({
  name: 'await-purchase-decision',
  input: z.object({ approvalId: ApprovalId }),
  output: z.object({
    decision: z.enum(['approved', 'rejected', 'withdrawn']),
    by: z.string(),
    reason: z.string().nullable(),
  }),
  run: async ({ approvalId }, { db }) => {
    const { state, decidedBy, reason } = await getApproval(db, approvalId);
    if (state === 'open')
      return pending({
        ticket: approvalId,
        pollAfterSeconds: recheckSeconds,
        pace: 'woken',
        waitingFor: 'an approver',
      });
    return { decision: state, by: decidedBy ?? 'unknown', reason };
  },
  undo: nothing('a decision was read'),
});
