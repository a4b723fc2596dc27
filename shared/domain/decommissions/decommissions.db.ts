import { z } from 'zod';
import { isoTime, type Clock } from '../../kernel/clock.ts';
import type { Queryable } from '../../kernel/database/database.ts';
import { AppError } from '../../kernel/errors/app-error.ts';
import { parse } from '../../kernel/errors/parse.ts';
import { DecommissionId, ServerId } from '../../kernel/ids.ts';
import { Disposition } from '../../lifecycle/states.ts';
import { certificateOf, EraseCertificate } from '../erasure/certificate.ts';
import { evidenceOf } from '../proofs/evidence.ts';
import { findProofs, type Proof } from '../proofs/proofs.db.ts';

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
const Row = Decommission.omit({ certificate: true }).extend({ eraseProofId: z.string().nullable() });
const columns =
  'id, server_id AS "serverId", tenant_id AS "tenantId", reason, disposition, state, requested_by AS ' +
  '"requestedBy", requested_by_id AS "requestedById", saga_id AS "sagaId", erase_proof_id AS "eraseProofId", ' +
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
export async function findDecommission(db: Queryable, id: DecommissionId): Promise<Decommission | undefined> {
  const rows = await db.many(Row, `SELECT ${columns} FROM decommission WHERE id = $1`, [id]);
  return (await withCertificates(db, rows))[0];
}

export async function getDecommission(db: Queryable, id: DecommissionId): Promise<Decommission> {
  const found = await findDecommission(db, id);
  if (!found)
    throw new AppError({
      code: 'decommission.unknown',
      kind: 'not-found',
      publicMessage: `There is no decommission ${id}.`,
    });
  return found;
}
export const listDecommissions = async (
  db: Queryable,
  filter: { tenantId?: string | undefined; serverId?: string | undefined; after?: string | undefined; limit: number },
): Promise<Decommission[]> => {
  const rows = await db.many(
    Row,
    `SELECT ${columns} FROM decommission WHERE ($1::text IS NULL OR tenant_id = $1) AND ($2::text IS NULL
      OR server_id = $2) AND ($3::text IS NULL OR id < $3) ORDER BY id DESC LIMIT $4`,
    [filter.tenantId ?? null, filter.serverId ?? null, filter.after ?? null, filter.limit],
  );
  return withCertificates(db, rows);
};

export const setDecommissionState = (
  db: Queryable,
  clock: Clock,
  id: DecommissionId,
  state: Decommission['state'],
): Promise<number> =>
  db.run('UPDATE decommission SET state = $2, updated_at = $3 WHERE id = $1', [id, state, isoTime(clock.now())]);

/** The server's drives are erased, as that proof of the server says. */
export const recordErased = (tx: Queryable, clock: Clock, id: DecommissionId, proofId: string): Promise<number> =>
  tx.run("UPDATE decommission SET erase_proof_id = $2, state = 'erased', updated_at = $3 WHERE id = $1", [
    id,
    proofId,
    isoTime(clock.now()),
  ]);

async function withCertificates(db: Queryable, rows: readonly z.infer<typeof Row>[]): Promise<Decommission[]> {
  const ids = rows.flatMap(({ eraseProofId }) => eraseProofId ?? []);
  const proofs = new Map((await findProofs(db, ids)).map((proof) => [proof.id, proof]));
  return rows.map(({ eraseProofId, ...wish }) => {
    const proof = proofs.get(eraseProofId ?? '');
    return { ...wish, certificate: proof ? certificateIn(proof) : null };
  });
}

function certificateIn({ id, serverId, sagaId, madeAt, evidence }: Proof): EraseCertificate {
  const erased = parse(evidenceOf['erase-verified'], evidence, `evidence of proof ${id}`);
  return certificateOf(erased, { proofId: id, serverId, serial: erased.serial, erasedAt: madeAt, sagaId });
}
