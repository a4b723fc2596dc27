import type { Queryable } from '../kernel/database/database.ts';
import { AuditEntry } from './audit.api.ts';

export const insertAuditEntry = (db: Queryable, entry: Omit<AuditEntry, 'position'>): Promise<number> =>
  db.run(
    `INSERT INTO audit_entry (at, actor, tenant_id, action, subject, outcome, trace_id, actor_id)
      VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`,
    [entry.at, entry.actor, entry.tenantId, entry.action, entry.subject, entry.outcome, entry.traceId, entry.actorId],
  );

/** Newest first; `after` is the position of the last of the page before. */
export const listAuditEntries = (
  db: Queryable,
  filter: { actor?: string | undefined; after?: number | undefined; limit: number },
): Promise<AuditEntry[]> =>
  db.many(
    AuditEntry,
    `SELECT position, at, actor, actor_id AS "actorId", tenant_id AS "tenantId", action, subject, outcome,
       trace_id AS "traceId"
     FROM audit_entry WHERE ($1::text IS NULL OR actor = $1) AND ($2::bigint IS NULL OR position < $2)
     ORDER BY position DESC LIMIT $3`,
    [filter.actor ?? null, filter.after ?? null, filter.limit],
  );
