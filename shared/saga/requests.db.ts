import { z } from 'zod';
import { isoTime, type Clock } from '../kernel/clock.ts';
import type { Queryable } from '../kernel/database/database.ts';
import { SagaId } from '../kernel/ids.ts';
import type { OperatorDecision } from './wire.ts';

/** The number of the wait that a saga is in or comes to next; undefined where it has ended or is dead. */
export const waitOf = async (db: Queryable, id: string): Promise<number | undefined> =>
  (
    await db.maybe(
      z.object({ wake: z.number().int() }),
      'SELECT wake FROM saga WHERE id = $1 AND ended_at IS NULL AND engine_end IS NULL',
      [id],
    )
  )?.wake;

const Accepted = z.object({ id: SagaId, name: z.string(), input: z.unknown() });
/** What was accepted before that moment (milliseconds) and has not begun, the oldest first; 500 at most. */
export const acceptedBefore = (db: Queryable, before: number): Promise<z.infer<typeof Accepted>[]> =>
  db.many(
    Accepted,
    "SELECT id, name, input FROM saga WHERE state = 'accepted' AND started_at < $1 ORDER BY started_at LIMIT 500",
    [isoTime(before)],
  );

/** Leaves a person's decision for a stuck saga. Answers whether it is stuck. */
export const recordDecision = async (
  tx: Queryable,
  clock: Clock,
  id: string,
  decision: OperatorDecision,
): Promise<boolean> => {
  const recorded = await tx.run("UPDATE saga SET decision = $2, updated_at = $3 WHERE id = $1 AND state = 'stuck'", [
    id,
    JSON.stringify(decision),
    isoTime(clock.now()),
  ]);
  return recorded > 0;
};

/** The first request stays. */
export const recordCancelRequest = (
  tx: Queryable,
  clock: Clock,
  id: string,
  request: { by: string; reason: string },
): Promise<number> =>
  tx.run('UPDATE saga SET cancel_requested = COALESCE(cancel_requested, $2), updated_at = $3 WHERE id = $1', [
    id,
    JSON.stringify(request),
    isoTime(clock.now()),
  ]);
