import { z } from 'zod';
import { eventType } from '../../events/event-type.ts';

/** A tenant decides on the end of its servers; what a purchase costs us is not its business. */
const only = { kind: 'decommission' };

export const approvalRequested = eventType(
  'approvals.requested',
  z.object({
    approvalId: z.string(),
    kind: z.string(),
    subject: z.string(),
    summary: z.string(),
    dueAt: z.string(),
  }),
  {
    staff: 'approval:read',
    tenant: { may: 'approval:read', only, fields: ['approvalId', 'kind', 'summary', 'dueAt'] },
  },
);
export const approvalDecided = eventType(
  'approvals.decided',
  z.object({
    approvalId: z.string(),
    kind: z.string(),
    subject: z.string(),
    decision: z.enum(['approved', 'rejected']),
    decidedBy: z.string(),
  }),
  { staff: 'approval:read', tenant: { may: 'approval:read', only, fields: ['approvalId', 'kind', 'decision'] } },
);

export const approvalEvents = [approvalRequested, approvalDecided] as const;
