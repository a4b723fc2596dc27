import { z } from 'zod';
import { isoTime, type Clock } from '../kernel/clock.ts';
import type { Queryable } from '../kernel/database/database.ts';
import type { StuckAt } from './journal.db.ts';
import type { Held } from './wire.ts';

const Member = z.object({ id: z.string(), endedAt: z.string().nullable(), noReturn: z.string().nullable() });
/** A saga and everything that is part of it. */
const descent = `WITH RECURSIVE descent AS (
    SELECT id, state, ended_at, point_of_no_return FROM saga WHERE id = $1
    UNION ALL SELECT saga.id, saga.state, saga.ended_at, saga.point_of_no_return FROM saga JOIN descent
      ON saga.parent_id = descent.id
  )`;
export const membersOf = (db: Queryable, id: string) =>
  db.many(Member, `${descent} SELECT id, ended_at AS "endedAt", point_of_no_return AS "noReturn" FROM descent`, [id]);
/** The parts of a saga that have not ended. */
export const partsAtWork = async (db: Queryable, id: string): Promise<string[]> =>
  (await membersOf(db, id)).filter((each) => each.id !== id && each.endedAt === null).map((each) => each.id);

const Done = z.object({
  step: z.string(),
  key: z.string(),
  sagaId: z.string(),
  call: z.object({ undo: z.string().nullable(), at: z.number(), input: z.unknown() }).nullable(),
});

/**
 * What a saga and its parts have done and not taken back, the newest first; nothing where they are past a point of no
 * return. A part that failed has taken back its own, or a person left it on purpose. `unknown`: steps from before it
 * was kept what they are called with.
 */
export async function heldBy(db: Queryable, id: string): Promise<{ steps: Held[]; unknown: string[] }> {
  if ((await membersOf(db, id)).some(({ noReturn }) => noReturn !== null)) return { steps: [], unknown: [] };
  const done = await db.many(
    Done,
    `${descent} SELECT step.step, step.key, step.saga_id AS "sagaId", step.call FROM saga_step step JOIN descent
      ON descent.id = step.saga_id
     WHERE step.state <> 'undone' AND descent.state NOT IN ('failed', 'cancelled') ORDER BY step.position DESC`,
    [id],
  );
  return {
    steps: done.flatMap(({ call, ...rest }) =>
      call === null || call.undo === null ? [] : [{ ...rest, undo: call.undo, at: call.at, input: call.input }],
    ),
    unknown: done.flatMap(({ call, key }) => (call === null ? [key] : [])),
  };
}

/**
 * It is dead no more: it goes on where it was, or anew, and then it only takes back. Answers whether it was dead.
 */
export const markAlive = async (
  tx: Queryable,
  clock: Clock,
  id: string,
  { isAnew }: { isAnew: boolean },
): Promise<boolean> => {
  const raised = await tx.run(
    `UPDATE saga SET state = CASE WHEN $2 OR ended_reason IS NOT NULL THEN 'unwinding' ELSE 'running' END, wake = CASE
      WHEN $2 THEN 0 ELSE wake END,
       engine_end = NULL, engine_asked_at = $3, held = NULL, decision = NULL, waiting_for = NULL, updated_at = $3
     WHERE id = $1 AND engine_end IS NOT NULL`,
    [id, isAnew, isoTime(clock.now())],
  );
  return raised > 0;
};

/** Ends the row of a dead saga. Answers whether it was dead and had not ended. */
export const markGivenUp = async (tx: Queryable, id: string, reason: string, now: string): Promise<boolean> => {
  const ended = await tx.run(
    "UPDATE saga SET state = 'failed', ended_reason = $2, ended_at = $3, updated_at = $3, waiting_for = " +
      'NULL, waiting_until = NULL, held = NULL WHERE id = $1 AND ended_at IS NULL AND engine_end IS NOT ' +
      'NULL',
    [id, reason, now],
  );
  return ended > 0;
};

const Claimed = z.object({ id: z.string(), askedAt: z.string() });
export type Claimed = z.infer<typeof Claimed>;
/** Those that the engine was asked about longest ago. Nobody else asks about them for as long. */
export const claimOpen = (db: Queryable, now: number, askAgainAfter: number, limit: number): Promise<Claimed[]> =>
  db.many(
    Claimed,
    `UPDATE saga SET engine_asked_at = $1 WHERE id IN (
       SELECT id FROM saga WHERE ended_at IS NULL AND state <> 'accepted' AND updated_at <= $2
         AND (engine_asked_at IS NULL OR engine_asked_at <= $2)
       ORDER BY engine_asked_at NULLS FIRST, id LIMIT $3 FOR UPDATE SKIP LOCKED)
     RETURNING id, engine_asked_at AS "askedAt"`,
    [isoTime(now), isoTime(now - askAgainAfter), limit],
  );

/** Answers whether it is news that it is dead; not where somebody asked again or started it anew meanwhile. */
export const markDead = async (
  tx: Queryable,
  { id, askedAt }: Claimed,
  { end, held }: { end: string; held: StuckAt },
  now: string,
): Promise<boolean> => {
  const marked = await tx.run(
    `UPDATE saga SET state = 'stuck', engine_end = $2, waiting_for = 'ops', waiting_until = NULL, held = $3,
      decision = NULL, updated_at = $4
     WHERE id = $1 AND ended_at IS NULL AND engine_asked_at = $5 AND engine_end IS DISTINCT FROM $2`,
    [id, end, JSON.stringify(held), now, askedAt],
  );
  return marked > 0;
};

/** Whether somebody has asked for it, or for the story that it is part of, to be taken back. */
export const isWantedBack = async (db: Queryable, { id, rootId }: { id: string; rootId: string }): Promise<boolean> =>
  (
    await db.maybe(
      z.object({ isWanted: z.boolean() }),
      'SELECT bool_or(cancel_requested IS NOT NULL) AS "isWanted" FROM saga WHERE id IN ($1, $2)',
      [id, rootId],
    )
  )?.isWanted ?? false;
