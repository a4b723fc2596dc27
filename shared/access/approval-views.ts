import type { z } from 'zod';
import type { ApprovalView } from '../domain/approvals/approvals.api.ts';
import type { Approval } from '../domain/approvals/approvals.db.ts';
import type { Caller } from './caller.ts';

/** Why this caller may not decide, in words; null when they may. Nobody decides on what they asked for themselves. */
export function decisionBlocked(caller: Caller, approval: Approval): string | null {
  if (approval.state !== 'open')
    return `It was ${approval.state}${approval.decidedBy ? ` by ${approval.decidedBy}` : ''}.`;
  const action = approval.kind === 'purchase' ? 'purchase:decide' : 'decommission:decide';
  if (!caller.may(action, { tenantId: approval.tenantId })) return 'Your role does not decide this.';
  if (approval.requestedById === caller.id) return 'You asked for it: somebody else has to decide.';
  return null;
}
export const approvalView = (caller: Caller, approval: Approval): z.input<typeof ApprovalView> => ({
  ...approval,
  decisionBlockedReason: decisionBlocked(caller, approval),
});
