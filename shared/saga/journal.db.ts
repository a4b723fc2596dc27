import { z } from 'zod';
import { isoTime } from '../kernel/clock.ts';
import type { Queryable } from '../kernel/database/database.ts';
import { ServerId } from '../kernel/ids.ts';
import type { About } from './define-saga.ts';
import type { Deps } from './deps.ts';
import { hasUndo, type Step } from './step.ts';
import { OperatorDecision, type SagaPlace, type StepCall } from './wire.ts';

/** The rows of the journal: one per saga, one per step, and a timeline that is only appended to. */

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

/** Adds a line that the saga itself said. Said again after a lost answer it is the same: by its text, and by when. */
export const tellOnce = (tx: Queryable, { id, rootId }: SagaPlace, text: string, saidAt: string): Promise<number> =>
  tx.run(
    "INSERT INTO saga_timeline (saga_id, root_id, at, kind, text) SELECT $1, $2, $3, 'told', $4 WHERE " +
      "NOT EXISTS (SELECT FROM saga_timeline WHERE saga_id = $1 AND at = $3 AND kind = 'told' AND text = " +
      '$4)',
    [id, rootId, saidAt, text],
  );

/** Writes a saga down. Answers whether that is news: it had not been known, or had only been accepted. */
export async function recordSaga(
  tx: Queryable,
  { id, name, parentId, rootId }: SagaPlace,
  { input, about }: { input: unknown; about: About },
  state: 'accepted' | 'running',
  now: string,
): Promise<boolean> {
  const written = await tx.run(record, [
    id,
    name,
    parentId,
    rootId,
    JSON.stringify(input ?? {}),
    now,
    state,
    about.orderId ?? null,
    about.serverId ?? null,
  ]);
  return written > 0;
}

// Tenant and datacenter follow from the order or the server.
const record = `
  INSERT INTO saga (id, name, parent_id, root_id, subject, order_id, server_id, tenant_id, datacenter_id, input, state,
    started_at, updated_at)
  SELECT $1, $2, $3, $4, COALESCE(about.server_id, about.order_id, $1), about.order_id, about.server_id,
    COALESCE(customer_order.tenant_id, asset.tenant_id), COALESCE(asset.datacenter_id, customer_order.datacenter_id),
      $5::jsonb, $7, $6, $6
  FROM (
    SELECT COALESCE($8, parent.order_id) AS order_id, COALESCE($9, parent.server_id) AS server_id
    FROM (SELECT) AS self LEFT JOIN saga parent ON parent.id = $3
  ) AS about
  LEFT JOIN customer_order ON customer_order.id = about.order_id
  LEFT JOIN asset ON asset.id = about.server_id
  ON CONFLICT (id) DO UPDATE SET state = EXCLUDED.state, started_at = EXCLUDED.started_at,
    updated_at = EXCLUDED.updated_at WHERE saga.state = 'accepted' AND EXCLUDED.state <> 'accepted'`;

export const markUnwinding = (tx: Queryable, id: string, reason: string, now: string): Promise<number> =>
  tx.run(
    `UPDATE saga SET state = 'unwinding', ended_reason = $2, waiting_for = NULL, waiting_until = NULL,
      updated_at = $3 WHERE id = $1`,
    [id, reason, now],
  );

/** Answers whether it had not ended before. */
export const markEnded = async (
  tx: Queryable,
  id: string,
  { state, reason }: { state: string; reason: string | null },
  now: string,
): Promise<boolean> => {
  const ended = await tx.run(
    `UPDATE saga SET state = $2, ended_reason = $3, ended_at = $4, updated_at = $4, waiting_for = NULL,
      waiting_until = NULL, held = NULL WHERE id = $1 AND ended_at IS NULL`,
    [id, state, reason, now],
  );
  return ended > 0;
};

/** It waits for a person. Answers whether that is news: a repeated call has the same number. */
export const markStuck = async (
  tx: Queryable,
  id: string,
  { wake, held }: { wake: number; held: StuckAt },
  now: string,
): Promise<boolean> => {
  const marked = await tx.run(
    `UPDATE saga SET state = 'stuck', wake = $2, waiting_for = 'ops', waiting_until = NULL, held = $3,
      updated_at = $4 WHERE id = $1 AND wake < $2`,
    [id, wake, JSON.stringify(held), now],
  );
  return marked > 0;
};
/** At which step it is stuck, at which call of it, why, and which steps are not taken back. */
export interface StuckAt {
  step: string;
  key: string;
  reason: string;
  steps: readonly string[];
}

const Taken = z.object({ decision: OperatorDecision, isNews: z.boolean(), stuckAt: z.string().nullable() });
/**
 * Takes a person's decision once. It stays with the number of the call that took it, so that this very call gets it
 * again when its answer was lost; a later one does not.
 */
export async function takeDecision(
  tx: Queryable,
  id: string,
  wake: number,
  now: string,
): Promise<z.infer<typeof Taken> | undefined> {
  const taken = await tx.maybe(
    Taken,
    `WITH old AS (SELECT id, decision, held FROM saga WHERE id = $1 FOR UPDATE)
     UPDATE saga SET wake = $2, decision = old.decision || jsonb_build_object('takenBy', $2::int), state = CASE
       WHEN ended_reason IS NULL THEN 'running' ELSE 'unwinding' END, held = NULL, waiting_for = NULL,
         updated_at = $3
     FROM old WHERE saga.id = old.id AND COALESCE((old.decision ->> 'takenBy')::int, $2) = $2
       AND old.decision IS NOT NULL
     RETURNING saga.decision, NOT old.decision ? 'takenBy' AS "isNews", old.held ->> 'key' AS "stuckAt"`,
    [id, wake, now],
  );
  if (!taken) await tx.run('UPDATE saga SET wake = $2 WHERE id = $1', [id, wake]);
  return taken;
}

export const markSkipped = (tx: Queryable, sagaId: string, key: string | null, now: string): Promise<number> =>
  tx.run(
    "UPDATE saga_step SET state = 'skipped', updated_at = $3 WHERE saga_id = $1 AND key = $2 AND " +
      "state IN ('refused', 'failed')",
    [sagaId, key, now],
  );

/** The server that a saga is about. */
export const serverOf = async (db: Queryable, sagaId: string): Promise<ServerId | undefined> =>
  (
    await db.maybe(
      z.object({ id: ServerId }),
      'SELECT server_id AS id FROM saga WHERE id = $1 AND server_id IS NOT NULL',
      [sagaId],
    )
  )?.id;
