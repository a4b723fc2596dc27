import { z } from 'zod';
import { appendEvents } from '../../events/log.ts';
import type { Clock } from '../../kernel/clock.ts';
import { inOneTransaction, prepared, type Queryable } from '../../kernel/database/database.ts';
import { jsonDigest } from '../../kernel/digest.ts';
import { parse } from '../../kernel/errors/parse.ts';
import type { ServerId } from '../../kernel/ids.ts';
import { assetProved } from '../../lifecycle/events.ts';
import { lockServer } from '../../lifecycle/lock.ts';
import { proofKinds, type ProofKind } from '../../lifecycle/proof-kinds.ts';
import { voidProofs } from '../../lifecycle/proofs.ts';
import { evidenceOf, RecordedBefore, type Evidence } from './evidence.ts';

export const Proof = z.object({
  id: z.string(),
  serverId: z.string(),
  kind: z.enum(proofKinds),
  evidence: z.record(z.string(), z.unknown()),
  madeBy: z.string(),
  sagaId: z.string().nullable(),
  stepKey: z.string().nullable(),
  madeAt: z.string(),
  voided: z.object({ at: z.string(), by: z.string(), reason: z.string() }).nullable(),
});
export type Proof = z.infer<typeof Proof>;

const proofColumns = `p.id, p.server_id AS "serverId", p.kind, p.evidence, p.made_by AS "madeBy",
  p.saga_id AS "sagaId", p.step_key AS "stepKey", p.made_at AS "madeAt",
  CASE WHEN p.voided_at IS NOT NULL THEN jsonb_build_object('at', to_char(p.voided_at AT TIME ZONE 'UTC',
    'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'), 'by', p.voided_by, 'reason', p.void_reason) END AS voided`;

/** Who proves: a step, or a person by `issuer#subject`. `newId` derives the same id on every attempt of one call. */
export interface Prover {
  newId(kind: 'proof', ...parts: readonly string[]): string;
  origin: { actor: string; sagaId?: string; stepKey?: string };
}

/**
 * Records what was seen of a server, and voids what was proved of the same kind before. The same call proving the same
 * again changes nothing, also after that proof was voided: a late attempt does not bring it back. Answers the row's id.
 * Throws AppError `input.invalid` where the evidence is not of its kind's shape, `asset.unknown` for a server that does
 * not exist.
 */
export const prove = <K extends ProofKind>(
  db: Queryable,
  clock: Clock,
  serverId: ServerId,
  kind: K,
  evidence: Evidence<K>,
  { newId, origin }: Prover,
): Promise<string> =>
  inOneTransaction(db, async (tx) => {
    const seen = parse(evidenceOf[kind], evidence, `evidence of '${kind}'`);
    const evidenceSha256 = jsonDigest(seen);
    const id = newId('proof', serverId, kind, evidenceSha256);
    const { datacenter_id: datacenterId } = await lockServer(tx, serverId);
    if ((await findProofs(tx, [id])).length > 0) return id;
    await voidProofs(tx, clock, serverId, [kind], `proved anew by ${origin.actor}`, origin);
    await tx.run(
      'INSERT INTO proof (id, server_id, kind, evidence, made_by, saga_id, step_key) ' +
        'VALUES ($1, $2, $3, $4, $5, $6, $7)',
      [id, serverId, kind, JSON.stringify(seen), origin.actor, origin.sagaId ?? null, origin.stepKey ?? null],
    );
    await appendEvents(tx, clock, [
      assetProved({
        subject: serverId,
        datacenterId,
        data: { serverId, proofId: id, kind, evidenceSha256, by: origin.actor, sagaId: origin.sagaId ?? null },
      }),
    ]);
    return id;
  });

/** Those of these proofs that there are, live or voided. */
export const findProofs = async (db: Queryable, ids: readonly string[]): Promise<Proof[]> =>
  ids.length === 0 ? [] : db.many(Proof, `SELECT ${proofColumns} FROM proof AS p WHERE p.id = ANY ($1)`, [ids]);

const ofServer = prepared(
  `SELECT ${proofColumns} FROM proof AS p WHERE p.server_id = $1 ORDER BY p.made_at DESC, p.id`,
);
/** All that was ever proved of a server, the newest first, voided ones among them. */
export const proofsOf = (db: Queryable, serverId: ServerId): Promise<Proof[]> => db.many(Proof, ofServer, [serverId]);

/** What the live proof of a kind has seen; undefined where there is none. */
export async function liveEvidence<K extends ProofKind>(
  db: Queryable,
  serverId: ServerId,
  kind: K,
): Promise<Evidence<K> | RecordedBefore | undefined> {
  const proof = await db.maybe(
    Proof,
    `SELECT ${proofColumns} FROM proof AS p WHERE p.server_id = $1 AND p.kind = $2 AND p.voided_at IS NULL`,
    [serverId, kind],
  );
  return proof && evidenceIn(kind, proof);
}

/** What a proof of that kind has seen. Throws AppError `input.invalid` where it is of another shape. */
export const evidenceIn = <K extends ProofKind>(
  kind: K,
  { id, evidence }: Pick<Proof, 'id' | 'evidence'>,
): Evidence<K> | RecordedBefore =>
  RecordedBefore.safeParse(evidence).data ?? parse(evidenceOf[kind], evidence, `evidence of proof ${id}`);
