import { z } from 'zod';
import type { Queryable } from '../kernel/database/database.ts';
import { eventColumns, EventRow } from './event-row.ts';

const relayLock = 7_241_906;
/** An event that waits, and the end of the hash chain it will be joined to; `null` while the chain is empty. */
const WaitingRow = EventRow.extend({
  position: z.number(),
  headSeq: z.number().nullable(),
  headHash: z.string().nullable(),
});
export type WaitingRow = z.infer<typeof WaitingRow>;

/** Waits until no other process relays, and keeps it so until the transaction ends. */
export const lockRelay = (tx: Queryable): Promise<number> => tx.run('SELECT pg_advisory_xact_lock($1)', [relayLock]);

/** What waits in the outbox, in the order of its commits. */
export const waitingRows = (tx: Queryable, limit: number): Promise<WaitingRow[]> =>
  tx.many(
    WaitingRow,
    `SELECT position, ${eventColumns}, "headSeq", "headHash"
     FROM outbox JOIN event_log ON event_log.id = outbox.event_id
     LEFT JOIN LATERAL (
       SELECT seq AS "headSeq", hash AS "headHash" FROM event_log WHERE seq IS NOT NULL ORDER BY seq DESC LIMIT 1
     ) AS head ON true
     ORDER BY position LIMIT $1`,
    [limit],
  );

/** Writes each event's place in the chain, and takes what stood at these positions out of the outbox. */
export const writeSeals = (
  tx: Queryable,
  seals: readonly Pick<EventRow, 'id' | 'seq' | 'prev_hash' | 'hash'>[],
  positions: readonly number[],
): Promise<number> =>
  tx.run(
    `WITH passed AS (DELETE FROM outbox WHERE position = ANY ($2))
     UPDATE event_log SET seq = s.seq, prev_hash = s.prev_hash, hash = s.hash
     FROM jsonb_to_recordset($1) AS s (id text, seq bigint, prev_hash text, hash text) WHERE event_log.id = s.id`,
    [JSON.stringify(seals.map(({ id, seq, prev_hash, hash }) => ({ id, seq, prev_hash, hash }))), positions],
  );

const Notice = z.object({ channel: z.string(), payload: z.string() });
/** Appends records to the embedded bus. Answers whom to notify once it is committed. */
export const appendToBus = (
  tx: Queryable,
  records: readonly { topic: string; key: string; value: string; headers: readonly (readonly string[])[] }[],
): Promise<z.infer<typeof Notice>[]> =>
  tx.many(Notice, 'SELECT channel, payload FROM runtime.append($1)', [JSON.stringify(records)]);
