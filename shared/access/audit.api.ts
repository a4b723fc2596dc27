import { z } from 'zod';
import { contract } from '../kernel/api/contract.ts';
import { numberCursor, page, PageQuery } from '../kernel/api/paging.ts';

export const AuditEntry = z.object({
  position: z.number().int(),
  at: z.string(),
  actor: z.string(),
  actorId: z.string().nullable(),
  tenantId: z.string().nullable(),
  action: z.string(),
  subject: z.string(),
  outcome: z.number().int(),
  traceId: z.string(),
});
export type AuditEntry = z.infer<typeof AuditEntry>;

export const auditApi = {
  list: contract({
    name: 'list-audit',
    route: 'GET /v1/audit',
    summary: 'Who did what, newest first.',
    audience: 'users',
    permission: 'audit:read',
    query: PageQuery.extend({ after: numberCursor, actor: z.string().optional() }),
    answer: page(AuditEntry),
  }),
  verify: contract({
    name: 'verify-audit',
    route: 'GET /v1/audit/verify',
    summary: 'Walk the hash chain of the event log: how many events hold, and the first that does not.',
    audience: 'users',
    permission: 'audit:read',
    answer: z.object({
      verified: z.number().int(),
      brokenAt: z.object({ sequence: z.number().int(), eventId: z.string() }).nullable(),
    }),
  }),
};
