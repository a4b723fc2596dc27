import { z } from 'zod';
import { contract } from '../../kernel/api/contract.ts';
import { page, PageQuery } from '../../kernel/api/paging.ts';
import { ApprovalId } from '../../kernel/ids.ts';
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

export const approvalsApi = {
  list: contract({
    name: 'list-approvals',
    route: 'GET /v1/approvals',
    summary: 'What waits for a decision, or was decided.',
    audience: 'users',
    permission: 'approval:read',
    query: PageQuery.extend({ state: z.enum(['open', 'approved', 'rejected', 'withdrawn']).optional() }),
    answer: page(ApprovalView),
  }),
  decide: contract({
    name: 'decide-approval',
    route: 'POST /v1/approvals/{id}/decision',
    summary: 'Approve or reject. Nobody decides on what they asked for themselves.',
    audience: 'users',
    permission: ['purchase:decide', 'decommission:decide'],
    subject: { noun: 'approval', by: 'params.id', visibleTo: 'approval:read' },
    params: z.object({ id: ApprovalId }),
    body: DecideApproval,
    answer: ApprovalView,
  }),
};
