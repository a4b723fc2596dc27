import { z } from 'zod';
import { appendEvents } from '../../events/log.ts';
import type { Actor } from '../../kernel/actor.ts';
import { type Clock, isoTime } from '../../kernel/clock.ts';
import type { Queryable, Database } from '../../kernel/database/database.ts';
import { AppError } from '../../kernel/errors/app-error.ts';
import { ApprovalId } from '../../kernel/ids.ts';
import { approvalDecided } from './events.ts';

export const Approval = z.object({
  id: ApprovalId,
  kind: z.enum(['purchase', 'decommission']),
  subject: z.string(),
  tenantId: z.string().nullable(),
  orderId: z.string().nullable(),
  serverId: z.string().nullable(),
  sagaId: z.string(),
  state: z.enum(['open', 'approved', 'rejected', 'withdrawn']),
  amountMinor: z.number().int().nullable(),
  currency: z.string().nullable(),
  summary: z.string(),
  policy: z.string(),
  requestedBy: z.string(),
  requestedById: z.string(),
  requestedAt: z.string(),
  dueAt: z.string(),
  decidedBy: z.string().nullable(),
  decidedById: z.string().nullable(),
  decidedAt: z.string().nullable(),
  reason: z.string().nullable(),
});
export type Approval = z.infer<typeof Approval>;
const approvalColumns = `id, kind, subject, tenant_id AS "tenantId", order_id AS "orderId", server_id AS "serverId",
  saga_id AS "sagaId", state, amount_minor AS "amountMinor", currency, summary, policy,
  requested_by AS "requestedBy", requested_by_id AS "requestedById", requested_at AS "requestedAt", due_at AS "dueAt",
    decided_by AS "decidedBy", decided_by_id AS "decidedById", decided_at AS "decidedAt", reason`;

/** Opens an approval; asking twice with the same id opens one. */
export const insertApproval = (tx: Queryable, approval: Approval): Promise<number> =>
  tx.run(
    `INSERT INTO approval (id, kind, subject, tenant_id, order_id, server_id, saga_id, state, amount_minor, currency,
      summary, policy, requested_by, requested_at, due_at, decided_by, decided_at, reason, requested_by_id,
        decided_by_id)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20)
       ON CONFLICT (id) DO NOTHING`,
    [
      approval.id,
      approval.kind,
      approval.subject,
      approval.tenantId,
      approval.orderId,
      approval.serverId,
      approval.sagaId,
      approval.state,
      approval.amountMinor,
      approval.currency,
      approval.summary,
      approval.policy,
      approval.requestedBy,
      approval.requestedAt,
      approval.dueAt,
      approval.decidedBy,
      approval.decidedAt,
      approval.reason,
      approval.requestedById,
      approval.decidedById,
    ],
  );
export const findApproval = (db: Queryable, id: ApprovalId): Promise<Approval | undefined> =>
  db.maybe(Approval, `SELECT ${approvalColumns} FROM approval WHERE id = $1`, [id]);

export async function getApproval(db: Queryable, id: ApprovalId): Promise<Approval> {
  const approval = await findApproval(db, id);
  if (!approval)
    throw new AppError({ code: 'approval.unknown', kind: 'not-found', publicMessage: `There is no approval ${id}.` });
  return approval;
}
export const listApprovals = (
  db: Queryable,
  filter: {
    state?: string | undefined;
    tenantId?: string | undefined;
    kind?: string | undefined;
    after?: string | undefined;
    limit: number;
  },
): Promise<Approval[]> =>
  db.many(
    Approval,
    `SELECT ${approvalColumns} FROM approval WHERE ($1::text IS NULL OR state = $1) AND ($2::text IS NULL
      OR tenant_id = $2) AND ($3::text IS NULL OR kind = $3) AND ($4::text IS NULL OR id < $4) ORDER BY id DESC
        LIMIT $5`,
    [filter.state ?? null, filter.tenantId ?? null, filter.kind ?? null, filter.after ?? null, filter.limit],
  );
/** Only an open approval can be decided; answers whether this call decided it. */
export const closeApproval = async (
  db: Queryable,
  clock: Clock,
  id: ApprovalId,
  to: 'approved' | 'rejected' | 'withdrawn',
  by: Actor,
  reason: string | null,
): Promise<boolean> =>
  (await db.run(
    'UPDATE approval SET state = $2, decided_by = $3, decided_at = $4, reason = $5, decided_by_id = $6 ' +
      "WHERE id = $1 AND state = 'open'",
    [id, to, by.name, isoTime(clock.now()), reason, by.id],
  )) > 0;

/** A person's decision, with its event. Answers false when somebody else was first. */
export const decideApproval = (
  db: Database,
  clock: Clock,
  { id, kind, subject, tenantId }: Approval,
  decision: 'approved' | 'rejected',
  by: Actor,
  reason: string | null,
): Promise<boolean> =>
  db.transaction(async (tx) => {
    if (!(await closeApproval(tx, clock, id, decision, by, reason))) return false;
    await appendEvents(tx, clock, [
      approvalDecided({ subject: id, tenantId, data: { approvalId: id, kind, subject, decision, decidedBy: by.name } }),
    ]);
    return true;
  });
