import { z } from 'zod';
import { isoTime, type Clock } from '../kernel/clock.ts';
import type { Database, Queryable } from '../kernel/database/database.ts';
import { CloudEvent } from './cloud-event.ts';
import type { Publisher } from './relay.ts';

const DeadLetter = z.object({
  id: z.number().int(),
  consumer: z.string(),
  topic: z.string(),
  eventId: z.string(),
  event: CloudEvent,
  cause: z.string(),
  attempts: z.number().int(),
  state: z.string(),
  createdAt: z.string(),
});
export type DeadLetter = z.infer<typeof DeadLetter>;
const columns = 'id, consumer, topic, event_id AS "eventId", event, cause, attempts, state, created_at AS "createdAt"';

/** Puts an event aside with the reason, so that those behind it can go on. */
export const deadLetter = (
  db: Queryable,
  letter: { consumer: string; topic: string; event: CloudEvent; cause: string; attempts: number },
): Promise<number> =>
  db.run(
    `INSERT INTO dead_letter (consumer, topic, event_id, event, cause, attempts) VALUES ($1, $2, $3, $4, $5, $6)
     ON CONFLICT (consumer, event_id) DO UPDATE SET cause = EXCLUDED.cause,
       attempts = dead_letter.attempts + EXCLUDED.attempts, state = 'open', updated_at = now()`,
    [letter.consumer, letter.topic, letter.event.id, JSON.stringify(letter.event), letter.cause, letter.attempts],
  );

export const listDeadLetters = (
  db: Queryable,
  filter: { state: string; after?: number | undefined; limit: number },
): Promise<DeadLetter[]> =>
  db.many(
    DeadLetter,
    `SELECT ${columns} FROM dead_letter WHERE state = $1 AND ($2::bigint IS NULL OR id < $2) ORDER BY id DESC LIMIT $3`,
    [filter.state, filter.after ?? null, filter.limit],
  );

export const findDeadLetter = (db: Queryable, id: number): Promise<DeadLetter | undefined> =>
  db.maybe(DeadLetter, `SELECT ${columns} FROM dead_letter WHERE id = $1`, [id]);

/**
 * Hands an event to its topic again; the consumers that had handled it recognise it and let it pass. Undefined where
 * the dead letter is not open.
 */
export async function redeliver(
  { db, clock, publisher }: { db: Database; clock: Clock; publisher: Publisher },
  id: number,
): Promise<DeadLetter | undefined> {
  return db.transaction(async (tx) => {
    const letter = await tx.maybe(
      DeadLetter,
      `UPDATE dead_letter SET state = 'replayed', updated_at = $2 WHERE id = $1 AND state = 'open'
        RETURNING ${columns}`,
      [id, isoTime(clock.now())],
    );
    if (letter)
      await publisher.publish(tx, [{ topic: letter.topic, key: letter.event.partitionkey, event: letter.event }]);
    return letter;
  });
}
