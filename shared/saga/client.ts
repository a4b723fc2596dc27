import * as df from 'durable-functions';
import type { FunctionInput, InvocationContext } from '@azure/functions';
import { z } from 'zod';
import { isoTime, type Clock } from '../clock.ts';
import type { Database } from '../db/database.ts';
import { AppError, explain } from '../errors/app-error.ts';
import { SagaId } from '../ids.ts';
import { appendEvents, event } from '../events/log.ts';
import type { Relay } from '../events/relay.ts';
import type { Log } from '../log/log.ts';
import type { SagaDefinition } from './define-saga.ts';
import { wakeEvent, type OperatorDecision, type SagaStart } from './wire.ts';

/** The two things asked of a durable engine from outside its orchestrators. */
export interface DurableDoor {
  /** Starting what already runs is success. */
  start(orchestrator: string, instanceId: string, input: object): Promise<void>;
  raise(instanceId: string, event: string): Promise<void>;
}

/** The binding that a function declares to get at its sagas. */
export const durableInput: FunctionInput = df.input.durableClient();

/** The engine as seen from one invocation of a function that declared `durableInput`. Most invocations never ask for it. */
export function durableDoor(context: InvocationContext): DurableDoor {
  let made: df.DurableClient | undefined;
  const client = () => (made ??= df.getClient(context));
  return {
    start: async (orchestrator, instanceId, input) => {
      try {
        await client().startNew(orchestrator, { instanceId, input });
      } catch (error) {
        const status = await client().getStatus(instanceId).catch(() => undefined);
        if (!status) throw error; // it does not exist, so it was not a second start
      }
    },
    raise: (instanceId, event) => client().raiseEvent(instanceId, event, {}),
  };
}

export interface Sagas {
  /** Starts a story about something; twice is once. Answers its id. */
  start<I extends z.ZodType>(definition: SagaDefinition<I>, about: string, input: z.input<I>): Promise<SagaId>;
  /** Starts what was accepted (`acceptSaga`) before that moment and has not begun. Answers what it started. */
  startAccepted(before: number): Promise<SagaId[]>;
  /** Has a saga look again at what it waits for. Throws where it could not be told: whoever was told of the cause asks again. */
  wake(sagaId: string): Promise<void>;
  /** Asks for a story and its parts to be taken back. Throws `conflict` when it has ended or cannot be any more. */
  cancel(sagaId: string, request: { by: string; reason: string }): Promise<void>;
  /** A person's decision about a stuck saga. Throws `conflict` when it is not stuck. */
  decide(sagaId: string, decision: OperatorDecision): Promise<void>;
}

export const sagaId = (definition: Pick<SagaDefinition, 'name'>, about: string): SagaId => SagaId.parse(`${definition.name}-${about}`);

export function createSagas({ db, clock, log, relay }: { db: Database; clock: Clock; log: Log; relay: Pick<Relay, 'kick'> }, door: DurableDoor): Sagas {
  const waitOf = async (id: string) => (await db.maybe(z.object({ wake: z.number().int() }), 'SELECT wake FROM saga WHERE id = $1 AND ended_at IS NULL', [id]))?.wake;

  async function wake(id: string): Promise<void> {
    const wait = await waitOf(id);
    if (wait === undefined) return;
    try {
      await door.raise(id, wakeEvent(wait));
    } catch (error) {
      if ((await waitOf(id)) !== wait) return; // it has ended or gone on by itself meanwhile
      log.wakeFailed({ sagaId: id, because: explain(error) });
      throw error;
    }
  }

  return {
    start: async (definition, about, input) => {
      const id = sagaId(definition, about);
      await door.start(definition.name, id, { parentId: null, rootId: id, input } satisfies SagaStart);
      return id;
    },
    startAccepted: async (before) => {
      const lost = await db.many(z.object({ id: SagaId, name: z.string(), input: z.unknown() }), "SELECT id, name, input FROM saga WHERE state = 'accepted' AND started_at < $1 ORDER BY started_at LIMIT 500", [isoTime(before)]);
      for (const { id, name, input } of lost) await door.start(name, id, { parentId: null, rootId: id, input } satisfies SagaStart);
      return lost.map(({ id }) => id);
    },
    wake,
    cancel: async (id, request) => {
      const family = await db.many(
        z.object({ id: z.string(), is_root: z.boolean(), is_over: z.boolean(), no_return: z.string().nullable() }),
        'SELECT id, parent_id IS NULL AS is_root, ended_at IS NOT NULL AS is_over, point_of_no_return AS no_return FROM saga WHERE root_id = (SELECT root_id FROM saga WHERE id = $1)',
        [id],
      );
      const root = family.find((each) => each.is_root);
      if (!root) throw unknownSaga(id);
      if (root.is_over) throw new AppError({ code: 'saga.ended', kind: 'conflict', publicMessage: 'It has already ended.' });
      const noReturn = family.find((each) => each.no_return)?.no_return;
      if (noReturn) throw new AppError({ code: 'saga.past-no-return', kind: 'conflict', publicMessage: `It can no longer be taken back: ${noReturn}.` });
      await db.transaction(async (tx) => {
        await tx.run('UPDATE saga SET cancel_requested = COALESCE(cancel_requested, $2), updated_at = $3 WHERE id = $1', [root.id, JSON.stringify(request), isoTime(clock.now())]);
        await tx.run('INSERT INTO saga_timeline (saga_id, root_id, at, kind, text) VALUES ($1, $1, $2, $3, $4)', [root.id, isoTime(clock.now()), 'cancel-requested', `${request.by} asked to cancel: ${request.reason}`]);
        await appendEvents(tx, clock, [event({ topic: 'sagas.cancel_requested', subject: root.id, data: { sagaId: root.id, ...request } })]);
      });
      relay.kick();
    },
    decide: async (id, decision) => {
      const taken = await db.transaction(async (tx) => {
        const count = await tx.run("UPDATE saga SET decision = $2, updated_at = $3 WHERE id = $1 AND state = 'stuck'", [id, JSON.stringify(decision), isoTime(clock.now())]);
        if (count > 0) await appendEvents(tx, clock, [event({ topic: 'sagas.decided', subject: id, data: { sagaId: id, ...decision } })]);
        return count;
      });
      if (taken === 0) {
        const exists = await db.maybe(z.object({ state: z.string() }), 'SELECT state FROM saga WHERE id = $1', [id]);
        if (!exists) throw unknownSaga(id);
        throw new AppError({ code: 'saga.not-stuck', kind: 'conflict', publicMessage: `The saga is ${exists.state}; only a stuck one waits for a decision.` });
      }
      relay.kick();
    },
  };
}

const unknownSaga = (id: string) => new AppError({ code: 'saga.unknown', kind: 'not-found', publicMessage: `There is no saga ${id}.` });
