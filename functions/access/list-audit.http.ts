import { auditApi } from '../../shared/access/audit.api.ts';
import { listAuditEntries } from '../../shared/access/audit.db.ts';
import { httpFunction } from '../../shared/http/http-function.ts';
import { ok } from '../../shared/http/reply.ts';
import { cut } from '../../shared/kernel/api/paging.ts';

export const listAudit = httpFunction(auditApi.list, async ({ query }, { db }) => {
  const entries = await listAuditEntries(db, { ...query, limit: query.limit + 1 });
  return ok(cut(entries, query.limit, ({ position }) => String(position)));
});
