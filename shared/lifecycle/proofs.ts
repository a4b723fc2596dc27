import { z } from 'zod';
import { appendEvents } from '../events/log.ts';
import type { Clock } from '../kernel/clock.ts';
import { inOneTransaction, type Queryable } from '../kernel/database/database.ts';
import type { ServerId } from '../kernel/ids.ts';
import { proofsVoided } from './events.ts';
import { lockServer } from './lock.ts';
import { proofKinds, type ProofKind } from './proof-kinds.ts';

const Live = z.object({ kind: z.enum(proofKinds) });
const Voided = Live.extend({ id: z.string() });

/**
 * The kinds that a server has live proofs of. Whoever decides on them locks the server first, in the same transaction:
 * proofs are made and voided under that lock.
 */
export const liveProofs = async (tx: Queryable, serverId: ServerId): Promise<ProofKind[]> =>
  (
    await tx.many(Live, 'SELECT kind FROM proof WHERE server_id = $1 AND voided_at IS NULL ORDER BY kind', [serverId])
  ).map(({ kind }) => kind);

/**
 * Voids what was proved, with the reason: the rows stay and no longer count. Answers the kinds that were live. Voiding
 * again changes nothing. Throws AppError `asset.unknown` for a server that does not exist.
 */
export const voidProofs = (
  db: Queryable,
  clock: Clock,
  serverId: ServerId,
  kinds: readonly ProofKind[],
  reason: string,
  by: { actor: string; sagaId?: string },
): Promise<ProofKind[]> =>
  inOneTransaction(db, async (tx) => {
    if (kinds.length === 0) return [];
    const { datacenter_id: datacenterId } = await lockServer(tx, serverId);
    const voided = await tx.many(
      Voided,
      'UPDATE proof SET voided_at = clock_timestamp(), voided_by = $3, void_reason = $4 ' +
        'WHERE server_id = $1 AND kind = ANY ($2) AND voided_at IS NULL RETURNING id, kind',
      [serverId, kinds, by.actor, reason],
    );
    if (voided.length > 0)
      await appendEvents(tx, clock, [
        proofsVoided({
          subject: serverId,
          datacenterId,
          data: { serverId, proofs: voided, reason, by: by.actor, sagaId: by.sagaId ?? null },
        }),
      ]);
    return voided.map(({ kind }) => kind);
  });
