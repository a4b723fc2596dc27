import { sagaDecided, sagaEnded } from '../domain/sagas/events.ts';
import { findSaga, type SagaRow } from '../domain/sagas/sagas.db.ts';
import { appendEvents } from '../events/log.ts';
import { isoTime, type Clock } from '../kernel/clock.ts';
import type { Queryable } from '../kernel/database/database.ts';
import { AppError, explain } from '../kernel/errors/app-error.ts';
import { heldBy, markAlive, markGivenUp, membersOf, partsAtWork } from './dead-saga.db.ts';
import type { Deps } from './deps.ts';
import { instanceEnd, type EngineClient } from './engine-client.ts';
import { tell } from './journal.db.ts';
import { setServerFree } from './journal.ts';
import type { OperatorDecision, SagaStart } from './wire.ts';

/**
 * A saga is dead when its instance in the engine is over though its story is not: somebody terminated it there, its
 * past no longer fits its code, or the engine has lost it. Nothing of it moves any more, and it hears nothing. Its
 * journal has what each step was called with; so another instance, under its name, can take them back.
 */
type DeadDeps = Pick<Deps, 'db' | 'clock' | 'relay'>;

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
export async function takeBackDead({ db, clock, relay }: DeadDeps, engine: EngineClient, id: string): Promise<void> {
  const saga = await findSaga(db, id);
  if (!saga || saga.engineEnd === null || (await obstacle(db, id)) || (await partsAtWork(db, id)).length > 0) return;
  if (instanceEnd(await engine.status(id)) === undefined) return; // not dead after all
  const wish = saga.cancelRequested ?? (await findSaga(db, saga.rootId))?.cancelRequested;
  if (!wish) return;
  const { steps } = await heldBy(db, id);
  const now = isoTime(clock.now());
  const isOurs = await db.transaction(async (tx) => {
    if (!(await raise(tx, clock, id, { isAnew: true }))) return false;
    await tell(tx, saga, { kind: 'note', text: 'it is started again to take back what it has done' }, now);
    return true;
  });
  if (!isOurs) return; // somebody else was quicker
  // A crash before this: it is found dead again, is still wanted, and comes here again.
  const takeBack = { reason: `${wish.by} cancelled: ${wish.reason}`, held: steps.toReversed() };
  await engine.start(saga.name, id, {
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
  engine: EngineClient,
  saga: SagaRow,
  decision: OperatorDecision,
): Promise<void> {
  switch (decision.verb) {
    case 'retry':
      return runAgain(deps, engine, saga, decision);
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
  engine: EngineClient,
  saga: SagaRow,
  decision: OperatorDecision,
): Promise<void> {
  if (saga.engineEnd !== 'Failed') throw deadEnd(saga, 'It cannot be tried again');
  try {
    await engine.rewind(saga.id, decision.reason);
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
    if (await raise(tx, clock, saga.id, { isAnew: false })) await tellDecision(tx, clock, saga, decision, now);
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
    if (!(await markGivenUp(tx, saga.id, reason, now))) return;
    await setServerFree(tx, clock, saga.id);
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

/** It is dead no more, and its server not stuck for it. Answers whether it was dead. */
export async function raise(tx: Queryable, clock: Clock, id: string, how: { isAnew: boolean }): Promise<boolean> {
  const wasDead = await markAlive(tx, clock, id, how);
  if (wasDead) await setServerFree(tx, clock, id);
  return wasDead;
}

const deadEnd = ({ engineEnd }: SagaRow, what: string) =>
  new AppError({
    code: 'saga.dead',
    kind: 'conflict',
    publicMessage: `${what}: its instance in the engine is ${engineEnd}. Cancel it to take it back, or give it up.`,
  });
