import { z } from 'zod';
import { getApproval } from '../../shared/domain/approvals/approvals.db.ts';
import { ApprovalId } from '../../shared/kernel/ids.ts';
import { nothing, pending, step } from '../../shared/saga/step.ts';

const recheckSeconds = 24 * 3600; // the truth check; a decision wakes the saga at once

/** Waits until the end of the server has been decided on. */
export const awaitDecommissionDecision = step({
  name: 'await-decommission-decision',
  input: z.object({ approvalId: ApprovalId }),
  output: z.object({
    decision: z.enum(['approved', 'rejected', 'withdrawn']),
    by: z.string(),
    reason: z.string().nullable(),
  }),
  run: async ({ approvalId }, { db }) => {
    const { state, decidedBy, reason, tenantId } = await getApproval(db, approvalId);
    if (state === 'open')
      return pending({
        ticket: approvalId,
        pollAfterSeconds: recheckSeconds,
        pace: 'woken',
        waitingFor: tenantId ? `tenant ${tenantId}` : 'an approver',
      });
    return { decision: state, by: decidedBy ?? 'unknown', reason };
  },
  undo: nothing('a decision was read'),
});
