import { z } from 'zod';
import { sagaDecided, sagaEnded } from '../domain/sagas/events.ts';
import { findSaga, type SagaRow } from '../domain/sagas/sagas.db.ts';
import { appendEvents } from '../events/log.ts';
import type { Relay } from '../events/relay.ts';
import { isoTime, type Clock } from '../kernel/clock.ts';
import type { Database, Queryable } from '../kernel/database/database.ts';
import { AppError, explain } from '../kernel/errors/app-error.ts';
import { instanceEnd, type DurableDoor } from './durable-door.ts';
import { setServerFree, tell } from './journal.ts';
import type { Held, OperatorDecision, SagaStart } from './wire.ts';

/**
 * A saga is dead when its instance in the engine is over though its story is not: somebody terminated it there, its
 * past no longer fits its code, or the engine has lost it. Nothing of it moves any more, and it hears nothing. Its
 * journal has what each step was called with; so another instance, under its name, can take them back.
 */
type DeadDeps = { db: Database; clock: Clock; relay: Pick<Relay, 'kick'> };

const Member = z.object({ id: z.string(), endedAt: z.string().nullable(), noReturn: z.string().nullable() });
/** A saga and everything that is part of it. */
const descent = `WITH RECURSIVE descent AS (
    SELECT id, state, ended_at, point_of_no_return FROM saga WHERE id = $1
    UNION ALL SELECT saga.id, saga.state, saga.ended_at, saga.point_of_no_return FROM saga JOIN descent
      ON saga.parent_id = descent.id
  )`;
const membersOf = (db: Queryable, id: string) =>
  db.many(Member, `${descent} SELECT id, ended_at AS "endedAt", point_of_no_return AS "noReturn" FROM descent`, [id]);
const partsAtWork = async (db: Queryable, id: string): Promise<string[]> =>
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

/** Why a dead saga can never be taken back; undefined where it can. */
export async function obstacle(db: Queryable, id: string): Promise<string | undefined> {
  const noReturn = (await membersOf(db, id)).find((each) => each.noReturn !== null)?.noReturn;
  if (noReturn) return noReturn;
  const { unknown } = await heldBy(db, id);
  return unknown.length > 0 ? `what ${unknown.join(', ')} did was begun before that was kept` : undefined;
}

/**
 * Starts a dead saga again, under its name, to take back everything it has done. Does nothing where that cannot be, and
 * where parts of it have not ended: they have been asked for the same, and its turn comes again.
 */
export async function takeBackDead({ db, clock, relay }: DeadDeps, door: DurableDoor, id: string): Promise<void> {
  const saga = await findSaga(db, id);
  if (!saga || saga.engineEnd === null || (await obstacle(db, id)) || (await partsAtWork(db, id)).length > 0) return;
  if (instanceEnd(await door.status(id)) === undefined) return; // not dead after all
  const wish = saga.cancelRequested ?? (await findSaga(db, saga.rootId))?.cancelRequested;
  if (!wish) return;
  const { steps } = await heldBy(db, id);
  const now = isoTime(clock.now());
  const isOurs = await db.transaction(async (tx) => {
    if (!(await raise(tx, id, { isAnew: true }, now))) return false;
    await tell(tx, saga, { kind: 'note', text: 'it is started again to take back what it has done' }, now);
    return true;
  });
  if (!isOurs) return; // somebody else was quicker
  // A crash before this: it is found dead again, is still wanted, and comes here again.
  const takeBack = { reason: `${wish.by} cancelled: ${wish.reason}`, held: steps.toReversed() };
  await door.start(saga.name, id, {
    parentId: saga.parentId,
    rootId: saga.rootId,
    input: {},
    takeBack,
  } satisfies SagaStart);
  relay.kick();
}

/** Does what a person decided about a dead saga, as far as it can be done. Throws `conflict` where it cannot. */
export async function decideOnDead(
  deps: DeadDeps,
  door: DurableDoor,
  saga: SagaRow,
  decision: OperatorDecision,
): Promise<void> {
  switch (decision.verb) {
    case 'retry':
      return runAgain(deps, door, saga, decision);
    case 'give-up':
      return giveUp(deps, saga, decision);
    case 'skip':
      throw deadEnd(saga, 'It cannot go on without a step');
  }
}

/**
 * The engine takes back the failure and plays the story again, with the code of today. Only for one that failed there.
 */
async function runAgain(
  { db, clock, relay }: DeadDeps,
  door: DurableDoor,
  saga: SagaRow,
  decision: OperatorDecision,
): Promise<void> {
  if (saga.engineEnd !== 'Failed') throw deadEnd(saga, 'It cannot be tried again');
  try {
    await door.rewind(saga.id, decision.reason);
  } catch (cause) {
    throw new AppError({
      code: 'saga.dead',
      kind: 'conflict',
      publicMessage: `The engine does not run it again: ${explain(cause)}`,
      cause,
    });
  }
  const now = isoTime(clock.now());
  await db.transaction(async (tx) => {
    if (await raise(tx, saga.id, { isAnew: false }, now)) await tellDecision(tx, clock, saga, decision, now);
  });
  relay.kick();
}

/** Its row ends, and nothing is taken back. */
async function giveUp({ db, clock, relay }: DeadDeps, saga: SagaRow, decision: OperatorDecision): Promise<void> {
  const parts = await partsAtWork(db, saga.id);
  if (parts.length > 0)
    throw new AppError({
      code: 'saga.parts-at-work',
      kind: 'conflict',
      publicMessage:
        `Parts of it have not ended: ${parts.join(', ')}. Cancel it, so that they are taken back, or wait ` +
        'for their end.',
    });
  const now = isoTime(clock.now());
  const reason = `${decision.by} gave up: ${decision.reason}`;
  await db.transaction(async (tx) => {
    const ended = await tx.run(
      "UPDATE saga SET state = 'failed', ended_reason = $2, ended_at = $3, updated_at = $3, waiting_for = " +
        'NULL, waiting_until = NULL, held = NULL WHERE id = $1 AND ended_at IS NULL AND engine_end IS NOT ' +
        'NULL',
      [saga.id, reason, now],
    );
    if (ended === 0) return;
    await setServerFree(tx, saga.id, now);
    await tellDecision(tx, clock, saga, decision, now);
    await tell(tx, saga, { kind: 'failed', text: `${saga.name} failed: ${reason}` }, now);
    await appendEvents(tx, clock, [
      sagaEnded({ subject: saga.id, data: { sagaId: saga.id, name: saga.name, state: 'failed', reason } }),
    ]);
  });
  relay.kick();
}

async function tellDecision(
  tx: Queryable,
  clock: Clock,
  saga: SagaRow,
  decision: OperatorDecision,
  now: string,
): Promise<void> {
  await tell(
    tx,
    saga,
    { kind: 'decided', text: `${decision.by} decided to ${decision.verb}: ${decision.reason}` },
    now,
  );
  await appendEvents(tx, clock, [sagaDecided({ subject: saga.id, data: { sagaId: saga.id, ...decision } })]);
}

/** It is dead no more: it goes on where it was, or anew, and then it only takes back. Answers whether it was dead. */
export async function raise(tx: Queryable, id: string, { isAnew }: { isAnew: boolean }, now: string): Promise<boolean> {
  const raised = await tx.run(
    `UPDATE saga SET state = CASE WHEN $2 OR ended_reason IS NOT NULL THEN 'unwinding' ELSE 'running' END, wake = CASE
      WHEN $2 THEN 0 ELSE wake END,
       engine_end = NULL, engine_asked_at = $3, held = NULL, decision = NULL, waiting_for = NULL, updated_at = $3
     WHERE id = $1 AND engine_end IS NOT NULL`,
    [id, isAnew, now],
  );
  if (raised > 0) await setServerFree(tx, id, now);
  return raised > 0;
}

const deadEnd = ({ engineEnd }: SagaRow, what: string) =>
  new AppError({
    code: 'saga.dead',
    kind: 'conflict',
    publicMessage: `${what}: its instance in the engine is ${engineEnd}. Cancel it to take it back, or give it up.`,
  });
