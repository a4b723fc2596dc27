import { z } from 'zod';
import { Reason } from '../../kernel/text.ts';

export const ApprovalView = z.object({
  id: z.string(),
  kind: z.enum(['purchase', 'decommission']),
  subject: z.string(),
  tenantId: z.string().nullable(),
  orderId: z.string().nullable(),
  serverId: z.string().nullable(),
  state: z.string(),
  amountMinor: z.number().nullable(),
  currency: z.string().nullable(),
  summary: z.string(),
  policy: z.string(),
  requestedBy: z.string(),
  requestedAt: z.string(),
  dueAt: z.string(),
  decidedBy: z.string().nullable(),
  decidedAt: z.string().nullable(),
  reason: z.string().nullable(),
  /** Null when the caller may decide; otherwise why not. */
  decisionBlockedReason: z.string().nullable(),
});
export type ApprovalView = z.infer<typeof ApprovalView>;
export const DecideApproval = z.object({
  decision: z.enum(['approve', 'reject']),
  reason: Reason,
});
