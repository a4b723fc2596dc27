import type { z } from 'zod';
import { cancelRequested, sagaDecided } from '../domain/sagas/events.ts';
import { findSaga, sagaFamily } from '../domain/sagas/sagas.db.ts';
import { appendEvents } from '../events/log.ts';
import { isoTime } from '../kernel/clock.ts';
import type { Transaction } from '../kernel/database/database.ts';
import { AppError, explain } from '../kernel/errors/app-error.ts';
import { parse } from '../kernel/errors/parse.ts';
import type { SagaId } from '../kernel/ids.ts';
import { decideOnDead, obstacle, takeBackDead } from './dead-saga.ts';
import { sagaId, type SagaDefinition } from './define-saga.ts';
import type { EngineClient } from './engine-client.ts';
import { findDeadSagas, type SagaDeps } from './find-dead.ts';
import { tell, recordSaga } from './journal.db.ts';
import { acceptedBefore, recordCancelRequest, recordDecision, waitOf } from './requests.db.ts';
import { wakeEvent, type OperatorDecision, type SagaStart } from './wire.ts';

export interface Sagas {
  /**
   * Records a saga in the caller's transaction and starts it once that is committed; one key starts one saga. Answers
   * its id. Throws where the input is not what the saga takes. A start that fails is left to `startAccepted`.
   */
  accept<I extends z.ZodType>(
    tx: Transaction,
    definition: SagaDefinition<I>,
    key: string,
    input: z.input<I>,
  ): Promise<SagaId>;
  /** Starts what was accepted before that moment and has not begun. Answers what it started. */
  startAccepted(before: number): Promise<SagaId[]>;
  /**
   * Has a saga look again at what it waits for. Throws where it could not be told: whoever was told of the cause asks
   * again.
   */
  wake(sagaId: string): Promise<void>;
  /**
   * Finds sagas whose instance in the engine is over though their story is not (dead-saga.ts). Answers those that are
   * news.
   */
  findDead(): Promise<string[]>;
  /** Asks for a story and its parts to be taken back. Throws `conflict` when it has ended or cannot be any more. */
  cancel(sagaId: string, request: { by: string; reason: string }): Promise<void>;
  /** A person's decision about a stuck saga. Throws `conflict` when it is not stuck. */
  decide(sagaId: string, decision: OperatorDecision): Promise<void>;
}

export function createSagas(deps: SagaDeps, engine: EngineClient): Sagas {
  const { db, clock, log, relay } = deps;

  const start = (id: SagaId, name: string, input: unknown): Promise<void> =>
    engine.start(name, id, { parentId: null, rootId: id, input } satisfies SagaStart);

  async function wake(id: string): Promise<void> {
    const wait = await waitOf(db, id);
    if (wait === undefined) return;
    try {
      await engine.raise(id, wakeEvent(wait));
    } catch (error) {
      if ((await waitOf(db, id)) !== wait) return; // it has ended or gone on by itself meanwhile
      log.wakeFailed({ sagaId: id, reason: explain(error) });
      throw error;
    }
  }

  return {
    accept: async (tx, definition, key, input) => {
      const id = sagaId(definition, key);
      const place = { id, name: definition.name, parentId: null, rootId: id };
      const about = definition.about(parse(definition.input, input, `input of saga ${definition.name}`));
      if (await recordSaga(tx, place, { input, about }, 'accepted', isoTime(clock.now())))
        tx.afterCommit(() =>
          start(id, definition.name, input).catch((error: unknown) =>
            log.sagaNotStarted({ sagaId: id, reason: explain(error) }),
          ),
        );
      return id;
    },
    startAccepted: async (before) => {
      const lost = await acceptedBefore(db, before);
      for (const { id, name, input } of lost) await start(id, name, input);
      return lost.map(({ id }) => id);
    },
    wake,
    findDead: () => findDeadSagas(deps, engine),
    cancel: (id, request) => cancel(deps, engine, id, request),
    decide: async (id, decision) => {
      const saga = await findSaga(db, id);
      if (!saga) throw unknownSaga(id);
      if (saga.engineEnd !== null && saga.endedAt === null) return decideOnDead(deps, engine, saga, decision);
      const taken = await db.transaction(async (tx) => {
        const isTaken = await recordDecision(tx, clock, id, decision);
        if (isTaken) await appendEvents(tx, clock, [sagaDecided({ subject: id, data: { sagaId: id, ...decision } })]);
        return isTaken;
      });
      if (!taken)
        throw new AppError({
          code: 'saga.not-stuck',
          kind: 'conflict',
          publicMessage: `The saga is ${saga.state}; only a stuck one waits for a decision.`,
        });
      relay.kick();
    },
  };
}

async function cancel(
  deps: SagaDeps,
  engine: EngineClient,
  id: string,
  request: { by: string; reason: string },
): Promise<void> {
  const { db, clock, relay, log } = deps;
  const asked = await findSaga(db, id);
  if (!asked) throw unknownSaga(id);
  const family = await sagaFamily(db, asked.rootId);
  const root = family.find(({ parentId }) => parentId === null) ?? asked;
  // A dead part of a story that is over is taken back by itself.
  const whole = root.endedAt !== null && asked.engineEnd !== null ? asked : root;
  if (whole.endedAt !== null)
    throw new AppError({ code: 'saga.ended', kind: 'conflict', publicMessage: 'It has already ended.' });
  const passed =
    whole.id === root.id ? family.find(({ pointOfNoReturn }) => pointOfNoReturn)?.pointOfNoReturn : undefined;
  const noReturn = passed ?? (whole.engineEnd === null ? undefined : await obstacle(db, whole.id));
  if (noReturn)
    throw new AppError({
      code: 'saga.past-no-return',
      kind: 'conflict',
      publicMessage: `It can no longer be taken back: ${noReturn}.`,
    });
  await db.transaction(async (tx) => {
    const now = isoTime(clock.now());
    await recordCancelRequest(tx, clock, whole.id, request);
    await tell(tx, whole, { kind: 'cancel-requested', text: `${request.by} asked to cancel: ${request.reason}` }, now);
    await appendEvents(tx, clock, [cancelRequested({ subject: whole.id, data: { sagaId: whole.id, ...request } })]);
  });
  relay.kick();
  for (const { id: dead } of family.filter(({ engineEnd, endedAt }) => engineEnd !== null && endedAt === null)) {
    // It is on record: what cannot be begun now is begun by whoever looks for dead sagas next.
    await takeBackDead(deps, engine, dead).catch((error: unknown) =>
      log.sagaNotAsked({ sagaId: dead, reason: explain(error) }),
    );
  }
}

const unknownSaga = (id: string) =>
  new AppError({ code: 'saga.unknown', kind: 'not-found', publicMessage: `There is no saga ${id}.` });
