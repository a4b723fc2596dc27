import { z } from 'zod';
import { auditApi } from '../../shared/access/audit.api.ts';
import { httpFunction } from '../../shared/http/http-function.ts';
import { ok } from '../../shared/http/reply.ts';
import { cut } from '../../shared/kernel/api/paging.ts';

const AuditEntry = z.object({
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

export const listAudit = httpFunction(auditApi.list, async ({ query }, { db }) => {
  const entries = await db.many(
    AuditEntry,
    'SELECT position, at, actor, actor_id AS "actorId", tenant_id AS "tenantId", action, subject, ' +
      'outcome, trace_id AS "traceId" FROM audit_entry WHERE ($1::text IS NULL OR actor = $1) AND ' +
      '($2::bigint IS NULL OR position < $2) ORDER BY position DESC LIMIT $3',
    [query.actor ?? null, query.after ?? null, query.limit + 1],
  );
  return ok(cut(entries, query.limit, ({ position }) => String(position)));
});
