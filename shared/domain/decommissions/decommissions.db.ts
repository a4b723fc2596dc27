import { z } from 'zod';
import { isoTime, type Clock } from '../../kernel/clock.ts';
import type { Queryable } from '../../kernel/database/database.ts';
import { AppError } from '../../kernel/errors/app-error.ts';
import { DecommissionId, ServerId } from '../../kernel/ids.ts';
import { Disposition } from '../../lifecycle/states.ts';
import { EraseCertificate } from '../erasure/certificate.ts';

export const Decommission = z.object({
  id: DecommissionId,
  serverId: ServerId,
  tenantId: z.string().nullable(),
  reason: z.string(),
  disposition: Disposition,
  state: z.enum(['proposed', 'approved', 'declined', 'erasing', 'erased', 'removed', 'done']),
  requestedBy: z.string(),
  requestedById: z.string(),
  sagaId: z.string(),
  certificate: EraseCertificate.nullable(),
  createdAt: z.string(),
  updatedAt: z.string(),
});
export type Decommission = z.infer<typeof Decommission>;
const columns =
  'id, server_id AS "serverId", tenant_id AS "tenantId", reason, disposition, state, requested_by AS ' +
  '"requestedBy", requested_by_id AS "requestedById", saga_id AS "sagaId", certificate, ' +
  'created_at AS "createdAt", updated_at AS "updatedAt"';

export const insertDecommission = (
  tx: Queryable,
  wish: Omit<Decommission, 'certificate' | 'updatedAt'>,
): Promise<number> =>
  tx.run(
    'INSERT INTO decommission (id, server_id, tenant_id, reason, disposition, state, requested_by, ' +
      'created_at, updated_at, requested_by_id, saga_id) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $8, $9, $10)',
    [
      wish.id,
      wish.serverId,
      wish.tenantId,
      wish.reason,
      wish.disposition,
      wish.state,
      wish.requestedBy,
      wish.createdAt,
      wish.requestedById,
      wish.sagaId,
    ],
  );
export async function getDecommission(db: Queryable, id: DecommissionId): Promise<Decommission> {
  const found = await db.maybe(Decommission, `SELECT ${columns} FROM decommission WHERE id = $1`, [id]);
  if (!found)
    throw new AppError({
      code: 'decommission.unknown',
      kind: 'not-found',
      publicMessage: `There is no decommission ${id}.`,
    });
  return found;
}
export const listDecommissions = (
  db: Queryable,
  filter: { tenantId?: string | undefined; serverId?: string | undefined; after?: string | undefined; limit: number },
): Promise<Decommission[]> =>
  db.many(
    Decommission,
    `SELECT ${columns} FROM decommission WHERE ($1::text IS NULL OR tenant_id = $1) AND ($2::text IS NULL
      OR server_id = $2) AND ($3::text IS NULL OR id < $3) ORDER BY id DESC LIMIT $4`,
    [filter.tenantId ?? null, filter.serverId ?? null, filter.after ?? null, filter.limit],
  );

export const setDecommissionState = (
  db: Queryable,
  clock: Clock,
  id: DecommissionId,
  state: Decommission['state'],
): Promise<number> =>
  db.run('UPDATE decommission SET state = $2, updated_at = $3 WHERE id = $1', [id, state, isoTime(clock.now())]);

/** The first certificate stays. */
export const recordCertificate = (
  db: Queryable,
  clock: Clock,
  id: DecommissionId,
  certificate: EraseCertificate,
): Promise<number> =>
  db.run(
    "UPDATE decommission SET certificate = COALESCE(certificate, $2), state = 'erased', updated_at = $3 WHERE id = $1",
    [id, JSON.stringify(certificate), isoTime(clock.now())],
  );
