import { z } from 'zod';
import { sagaStuck } from '../domain/sagas/events.ts';
import { sagaEnded } from '../domain/sagas/events.ts';
import { appendEvents } from '../events/log.ts';
import { isoTime, type Clock } from '../kernel/clock.ts';
import type { Queryable } from '../kernel/database/database.ts';
import type { About } from './define-saga.ts';
import type { Deps } from './deps.ts';
import { recordSaga } from './saga-rows.db.ts';
import { hasUndo, type Step } from './step.ts';
import { OperatorDecision, type JournalAnswer, type JournalCall, type SagaPlace, type StepCall } from './wire.ts';

/**
 * The story of each saga as people read it, in PostgreSQL, the same on every engine: one row per saga, one per
 * step, and a timeline that is only appended to.
 */

const Begun = z.object({
  attempts: z.number().int(),
  ticket: z.string().nullable(),
  undone_at: z.string().nullable(),
  cancel: z.object({ by: z.string(), reason: z.string() }).nullable(),
});

/**
 * Notes that a step is about to run. Answers which attempt it is, whether it should run at all, and the newest
 * ticket: an attempt whose answer was lost, or a call that is delivered again, is followed up and not repeated.
 */
export async function beginStep(
  { db, clock }: Deps,
  { name, undo }: Pick<Step, 'name' | 'undo'>,
  call: StepCall,
): Promise<{
  attempt: number;
  ticket: string | undefined;
  isUndone: boolean;
  cancel: { by: string; reason: string } | null;
}> {
  const isPoll = call.ticket !== undefined;
  const begun = await db.maybe(
    Begun,
    `WITH saga_row AS (
       UPDATE saga SET wake = $3, point_of_no_return = COALESCE(point_of_no_return, $7), updated_at = $5,
         state = CASE WHEN $6 OR state = 'unwinding' THEN state ELSE 'running' END,
         waiting_for = CASE WHEN $6 THEN waiting_for END, waiting_until = CASE WHEN $6 THEN waiting_until END
       WHERE id = $1 AND engine_end IS NULL
     ), step_row AS (
       INSERT INTO saga_step (saga_id, key, step, state, attempts, started_at, updated_at, call)
         VALUES ($1, $2, $4, 'running', 1, $5, $5, $9)
       ON CONFLICT (saga_id, key) DO UPDATE SET attempts = saga_step.attempts + CASE WHEN $6 THEN 0 ELSE 1 END, state =
         CASE WHEN $6 THEN saga_step.state ELSE 'running' END, updated_at = $5
       RETURNING attempts, undone_at, detail ->> 'ticket' AS ticket
     )
     SELECT attempts, ticket, undone_at, (SELECT cancel_requested FROM saga WHERE id = $8) AS cancel FROM step_row`,
    [
      call.saga.id,
      call.key,
      call.wake,
      name,
      isoTime(clock.now()),
      isPoll,
      call.pointOfNoReturn ?? null,
      call.saga.rootId,
      JSON.stringify({
        undo: hasUndo(undo) ? undo.name : null,
        at: call.at,
        input: call.input ?? null,
      } satisfies KeptCall),
    ],
  );
  return {
    attempt: begun?.attempts ?? 1,
    ticket: begun?.ticket ?? undefined,
    isUndone: (begun?.undone_at ?? null) !== null,
    cancel: begun?.cancel ?? null,
  };
}

export interface StepEnd {
  state: 'waiting' | 'done' | 'refused' | 'failed' | 'undoing' | 'undone' | 'undo-failed';
  text: string;
  attempt?: number;
  waitingFor?: string;
  until?: string;
  output?: unknown;
  /** What was begun and is still under way. `null`: nothing any more. */
  ticket?: string | null;
  /** Of an undo: what it takes back, should the step never have got so far as to write it down. */
  call?: KeptCall;
}

/** What another instance needs of a step to take it back; `undo` is null where nothing does. */
export interface KeptCall {
  undo: string | null;
  /** When the saga first made the call, milliseconds. */
  at: number;
  input: unknown;
}

/** Notes how a step stands now. Answers whether it has been taken back meanwhile, and what its undo has begun. */
export async function endStep(
  { db, clock }: Deps,
  saga: SagaPlace,
  owner: { sagaId: string; key: string; step: string },
  end: StepEnd,
): Promise<{ isUndone: boolean; undoTicket: string | undefined }> {
  const now = isoTime(clock.now());
  const isUndo = end.state === 'undoing' || end.state === 'undone' || end.state === 'undo-failed';
  const ended = await db.maybe(
    z.object({ undone_at: z.string().nullable(), undo_ticket: z.string().nullable() }),
    `WITH before AS (
       SELECT state, detail FROM saga_step WHERE saga_id = $1 AND key = $2
     ), step_row AS (
       INSERT INTO saga_step (saga_id, key, step, state, started_at, updated_at, detail, undone_at, call)
         VALUES ($1, $2, $3, $4, $5, $5, $6, CASE WHEN $7 THEN $5::timestamptz END, $14)
       ON CONFLICT (saga_id, key) DO UPDATE SET updated_at = $5, undone_at = COALESCE(saga_step.undone_at,
         EXCLUDED.undone_at), call = COALESCE(saga_step.call, EXCLUDED.call),
         state = CASE WHEN saga_step.undone_at IS NOT NULL AND NOT $7 THEN saga_step.state
           ELSE $4 END, detail = saga_step.detail || $6
       RETURNING undone_at, detail ->> 'undoTicket' AS undo_ticket
     ), saga_row AS (
       UPDATE saga SET updated_at = $5,
         state = CASE WHEN state = 'unwinding' THEN state WHEN $4 = 'waiting' THEN 'waiting' ELSE 'running' END,
         waiting_for = CASE WHEN $4 IN ('waiting', 'undoing') THEN $8 END, waiting_until = CASE
           WHEN $4 = 'waiting' THEN $9::timestamptz END
       WHERE id = $10 AND engine_end IS NULL
     ), told AS (
       INSERT INTO saga_timeline (saga_id, root_id, at, kind, step, attempt, text)
       SELECT $10, $11, $5, $4, $3, $12, $13
       WHERE NOT EXISTS (SELECT FROM before WHERE state = $4 AND $4 IN ('waiting', 'undoing')
         AND detail ->> 'text' = $13)
     )
     SELECT undone_at, undo_ticket FROM step_row`,
    [
      owner.sagaId,
      owner.key,
      owner.step,
      end.state,
      now,
      JSON.stringify({
        text: end.text,
        ...(end.output !== undefined && { output: end.output }),
        ...(end.waitingFor && { waitingFor: end.waitingFor }),
        ...(end.ticket !== undefined && { [isUndo ? 'undoTicket' : 'ticket']: end.ticket }),
      }),
      isUndo,
      end.waitingFor ?? null,
      end.until ?? null,
      saga.id,
      saga.rootId,
      end.attempt ?? null,
      end.text,
      end.call ? JSON.stringify(end.call) : null,
    ],
  );
  return { isUndone: (ended?.undone_at ?? null) !== null, undoTicket: ended?.undo_ticket ?? undefined };
}

/** Notes which wait an undo leads to, before it runs: what is learned meanwhile already wakes it. */
export const noteWake = ({ db }: Deps, { saga, wake }: StepCall): Promise<number> =>
  db.run('UPDATE saga SET wake = $2 WHERE id = $1', [saga.id, wake]);

/** Adds a line to the story that people read. */
export const tell = (
  tx: Queryable,
  { id, rootId }: Pick<SagaPlace, 'id' | 'rootId'>,
  { kind, step, text }: { kind: string; step?: string; text: string },
  now: string,
): Promise<number> =>
  tx.run('INSERT INTO saga_timeline (saga_id, root_id, at, kind, step, text) VALUES ($1, $2, $3, $4, $5, $6)', [
    id,
    rootId,
    now,
    kind,
    step ?? null,
    text,
  ]);

/**
 * What a saga writes about itself between its steps: began, unwinding, stuck, ended. `aboutOf` asks the definition of
 * the saga.
 */
export async function keepJournal(
  deps: Deps,
  { saga, at, entry }: JournalCall,
  aboutOf: (saga: SagaPlace, input: unknown) => About,
): Promise<JournalAnswer> {
  const { db, clock, log } = deps;
  const now = isoTime(clock.now());
  const fields = { sagaId: saga.id, saga: saga.name };
  switch (entry.kind) {
    case 'began':
      log.sagaBegan(fields);
      await db.transaction(async (tx) => {
        const isNews = await recordSaga(
          tx,
          saga,
          { input: entry.input, about: aboutOf(saga, entry.input) },
          'running',
          now,
        );
        if (isNews) await tell(tx, saga, { kind: 'began', text: `${saga.name} began` }, now);
      });
      return { decision: null };
    case 'told':
      // Told again after a lost answer it is the same line: by its text, and by when the saga said it.
      await db.run(
        "INSERT INTO saga_timeline (saga_id, root_id, at, kind, text) SELECT $1, $2, $3, 'told', $4 WHERE " +
          "NOT EXISTS (SELECT FROM saga_timeline WHERE saga_id = $1 AND at = $3 AND kind = 'told' AND text = " +
          '$4)',
        [saga.id, saga.rootId, isoTime(at), entry.text],
      );
      return { decision: null };
    case 'unwinding':
      log.sagaUnwinding({ ...fields, reason: entry.reason, count: entry.steps });
      await db.transaction(async (tx) => {
        await tx.run(
          `UPDATE saga SET state = 'unwinding', ended_reason = $2, waiting_for = NULL, waiting_until = NULL,
            updated_at = $3 WHERE id = $1`,
          [saga.id, entry.reason, now],
        );
        await tell(
          tx,
          saga,
          {
            kind: 'unwinding',
            text: `taking back ${entry.steps} step${entry.steps === 1 ? '' : 's'}, because ${entry.reason}`,
          },
          now,
        );
      });
      return { decision: null };
    case 'stuck':
      log.sagaStuck({ ...fields, step: entry.step, reason: entry.reason });
      await becomeStuck(deps, saga, entry, now);
      return { decision: null };
    case 'operator-asked':
      return { decision: await takeDecision(deps, saga, entry.wake, now) };
    case 'ended':
      log.sagaEnded({ ...fields, reason: entry.reason ?? entry.state });
      await db.transaction(async (tx) => {
        const ended = await tx.run(
          `UPDATE saga SET state = $2, ended_reason = $3, ended_at = $4, updated_at = $4, waiting_for = NULL,
            waiting_until = NULL, held = NULL WHERE id = $1 AND ended_at IS NULL`,
          [saga.id, entry.state, entry.reason, now],
        );
        if (ended === 0) return;
        await tell(
          tx,
          saga,
          {
            kind: entry.state,
            text: entry.reason ? `${saga.name} ${entry.state}: ${entry.reason}` : `${saga.name} done`,
          },
          now,
        );
        await appendEvents(tx, clock, [
          sagaEnded({
            subject: saga.id,
            data: { sagaId: saga.id, name: saga.name, state: entry.state, reason: entry.reason },
          }),
        ]);
      });
      return { decision: null };
  }
}

/**
 * Takes a person's decision once. It stays with the number of the call that took it, so that this very call gets it
 * again when its answer was lost; a later one does not.
 */
async function takeDecision(
  { db }: Deps,
  saga: SagaPlace,
  wake: number,
  now: string,
): Promise<OperatorDecision | null> {
  return db.transaction(async (tx) => {
    const taken = await tx.maybe(
      z.object({ decision: OperatorDecision, isNews: z.boolean(), stuckAt: z.string().nullable() }),
      `WITH old AS (SELECT id, decision, held FROM saga WHERE id = $1 FOR UPDATE)
       UPDATE saga SET wake = $2, decision = old.decision || jsonb_build_object('takenBy', $2::int), state = CASE
         WHEN ended_reason IS NULL THEN 'running' ELSE 'unwinding' END, held = NULL, waiting_for = NULL,
           updated_at = $3
       FROM old WHERE saga.id = old.id AND COALESCE((old.decision ->> 'takenBy')::int, $2) = $2
         AND old.decision IS NOT NULL
       RETURNING saga.decision, NOT old.decision ? 'takenBy' AS "isNews", old.held ->> 'key' AS "stuckAt"`,
      [saga.id, wake, now],
    );
    if (!taken) await tx.run('UPDATE saga SET wake = $2 WHERE id = $1', [saga.id, wake]);
    if (taken?.isNews) {
      await setServerFree(tx, saga.id, now);
      if (taken.decision.verb === 'skip')
        await tx.run(
          "UPDATE saga_step SET state = 'skipped', updated_at = $3 WHERE saga_id = $1 AND key = $2 AND " +
            "state IN ('refused', 'failed')",
          [saga.id, taken.stuckAt, now],
        );
      await tell(
        tx,
        saga,
        { kind: 'decided', text: `${taken.decision.by} decided to ${taken.decision.verb}: ${taken.decision.reason}` },
        now,
      );
    }
    return taken?.decision ?? null;
  });
}

/** The saga that its server was stuck for has been decided on. */
export const setServerFree = (tx: Queryable, sagaId: string, now: string): Promise<number> =>
  tx.run(
    "UPDATE asset SET condition = 'working', condition_since = $2, condition_detail = '{}' WHERE id = " +
      "(SELECT server_id FROM saga WHERE id = $1) AND condition = 'stuck'",
    [sagaId, now],
  );

/** At which step, why, and what is still held. */
interface Stuck {
  step: string;
  reason: string;
  held: string[];
}

async function becomeStuck(
  deps: Deps,
  saga: SagaPlace,
  entry: Extract<JournalCall['entry'], { kind: 'stuck' }>,
  now: string,
): Promise<void> {
  const { db, clock } = deps;
  await db.transaction(async (tx) => {
    const isNews = await tx.run(
      `UPDATE saga SET state = 'stuck', wake = $2, waiting_for = 'ops', waiting_until = NULL, held = $3,
        updated_at = $4 WHERE id = $1 AND wake < $2`,
      [
        saga.id,
        entry.wake,
        JSON.stringify({ step: entry.step, key: entry.key, reason: entry.reason, steps: entry.held }),
        now,
      ],
    );
    if (isNews > 0) await tellStuck(tx, clock, saga, entry, now);
  });
  const failure = await openTicket(deps, saga, entry);
  if (failure !== undefined) await tell(db, saga, { kind: 'note', step: entry.step, text: failure }, now);
}

/** Says that a saga waits for a person: in its timeline, by the condition of its server, by an event. */
export async function tellStuck(
  tx: Queryable,
  clock: Clock,
  saga: Omit<SagaPlace, 'parentId'>,
  { step, reason, held }: Stuck,
  now: string,
): Promise<void> {
  await tell(tx, saga, { kind: 'stuck', step, text: `stuck at ${step}: ${reason}` }, now);
  await tx.run(
    `UPDATE asset SET condition = 'stuck', condition_since = $2, condition_detail = jsonb_build_object('sagaId',
      $1::text, 'reason', $3::text) WHERE id = (SELECT server_id FROM saga WHERE id = $1)
        AND condition NOT IN ('held', 'quarantined')`,
    [saga.id, now, reason],
  );
  await appendEvents(tx, clock, [
    sagaStuck({ subject: saga.id, data: { sagaId: saga.id, name: saga.name, step, reason, held } }),
  ]);
}

/**
 * The ticket is for people: the saga is stuck and says so whether or not the desk can be reached. Answers why it could
 * not.
 */
export async function openTicket(
  { ticketing, settings }: Pick<Deps, 'ticketing' | 'settings'>,
  saga: Pick<SagaPlace, 'id' | 'name'>,
  { step, reason, held }: Stuck,
): Promise<string | undefined> {
  try {
    await ticketing.open({
      faultId: `${saga.id}/${step}`,
      summary: `${saga.name} is stuck at ${step}`,
      description:
        `${reason}\n\nStill held: ${held.join(', ') || 'nothing'}\n\nDecide in the portal: ` +
        `${settings.publicUrl}/sagas/${encodeURIComponent(saga.id)}`,
      priority: 'high',
    });
    return undefined;
  } catch (error) {
    return `no ticket could be opened: ${error instanceof Error ? error.message : String(error)}`;
  }
}
