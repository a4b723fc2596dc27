import { z } from 'zod';
import { wakeSagas } from '../../../../functions/platform/wake-sagas.event.ts';
import { FunctionsCore, installFunctionsCore } from '../../../../runtime/core/functions-core.ts';
import { startApp } from '../../../../runtime/core/load.ts';
import type { DurableApp } from '../../../../runtime/durable/contract/engine.ts';
import { createDurableApp } from '../../../../runtime/durable/durable-app.ts';
import {
  createMemoryEngine,
  type ActivityInterceptor,
  type MemoryEngine,
} from '../../../../runtime/durable/memory/engine.ts';
import { VirtualTime } from '../../../../runtime/durable/memory/virtual-time.ts';
import { findSaga, stepsOf, timelineOf, type SagaRow, type StepRow } from '../../../../shared/domain/sagas/sagas.db.ts';
import { createRelay } from '../../../../shared/events/relay.ts';
import { connect, type Database } from '../../../../shared/kernel/database/database.ts';
import type { SagaId } from '../../../../shared/kernel/ids.ts';
import { silentLog } from '../../../../shared/kernel/log/log.ts';
import { createMetrics } from '../../../../shared/kernel/metrics.ts';
import { createSagas, type Sagas } from '../../../../shared/saga/client.ts';
import { consume } from '../../../../shared/saga/consumer.ts';
import { sagaId, type About, type SagaDefinition } from '../../../../shared/saga/define-saga.ts';
import type { Deps } from '../../../../shared/saga/deps.ts';
import { registerSagas } from '../../../../shared/saga/register.ts';
import {
  step,
  type NoUndo,
  type Step,
  type StepContext,
  type StepDeclaration,
  type StepPending,
  type StepRefused,
} from '../../../../shared/saga/step.ts';
import { SagaEnd, type SagaStart } from '../../../../shared/saga/wire.ts';
import { createTestDatabase, patient } from '../../../kit/database.ts';
import { engineClientOf } from '../../../kit/engine-client.ts';

/** What a made-up step does when it is called: answers, throws, or waits for something. */
export type Act = (context: StepContext<string>) => unknown;
export const Input = z.object({ about: z.string().optional() });
export const ofNothing = (): About => ({});

/** Tells every made-up step what to do, and writes down what they did, in order. */
export class Script {
  readonly deeds: string[] = [];
  readonly #acts = new Map<string, Act[]>();

  /** What a step or undo does from now on, call by call; the last act also serves every later call. */
  on(name: string, ...acts: Act[]): void {
    this.#acts.set(name, acts);
  }
  forget(): void {
    this.deeds.splice(0);
    this.#acts.clear();
  }
  async play(name: string, context: StepContext<string>): Promise<unknown> {
    this.deeds.push(name);
    const acts = this.#acts.get(name) ?? [];
    const act = acts.length > 1 ? acts.shift() : acts[0];
    return act?.(context);
  }

  /** A step called `name` whose undo is called `un-name`. */
  step(
    name: string,
    more: { undo?: NoUndo } & Partial<
      Pick<StepDeclaration<typeof Input, typeof Output>, 'retry' | 'atMost' | 'isInterruptible'>
    > = {},
  ): Step<typeof Input, typeof Output> {
    const play =
      <T>(which: string) =>
      (_input: unknown, _deps: Deps, context: StepContext<string>) =>
        this.play(which, context) as Promise<T>;
    return step({
      name,
      input: Input,
      output: Output,
      run: play<Record<string, unknown>>(name),
      undo: { name: `un-${name}`, run: play<void | StepPending | StepRefused>(`un-${name}`) },
      ...more,
    });
  }
}
const Output = z.looseObject({});

export const fails =
  (reason: string): Act =>
  () => {
    throw new Error(reason);
  };

export interface Stage {
  readonly db: Database;
  readonly time: VirtualTime;
  readonly engine: MemoryEngine;
  /** What is deployed, whichever it is now. */
  readonly app: DurableApp;
  readonly sagas: Sagas;
  /** What sagas have of the world. */
  readonly deps: Deps;
  /** The ids of the faults for which a ticket was asked. */
  readonly tickets: string[];
  /** The whole of what the platform does about a saga, in one place; another one after a redeploy. */
  deploy(app: { sagas: readonly SagaDefinition[]; steps: readonly Step[] }): Promise<void>;
  intercept(interceptor: ActivityInterceptor | undefined): void;
  /** Starts it as a parent does, without a row before it begins. Answers its id. */
  start(saga: SagaDefinition, key: string, input?: object): Promise<SagaId>;
  /** Starts it, and lets it run to its end. */
  run(saga: SagaDefinition, key: string, input?: object): Promise<SagaEnd>;
  endOf(id: string): Promise<SagaEnd>;
  /** Until the saga is in that state. */
  until(id: string, state: SagaRow['state']): Promise<SagaRow>;
  row(id: string): Promise<SagaRow>;
  step(id: string, key: string): Promise<StepRow>;
  /** `began`, `done pay`, …: what people read. */
  timeline(id: string): Promise<string[]>;
  close(): Promise<void>;
}

/** Made-up sagas and steps on the in-memory engine in virtual time, their journal in a real PostgreSQL. */
export async function aStage(first: { sagas: readonly SagaDefinition[]; steps: readonly Step[] }): Promise<Stage> {
  const database = await createTestDatabase();
  const db = connect({ url: database.url, limits: patient });
  const time = new VirtualTime();
  const tickets: string[] = [];
  // People's decisions reach the sagas as events, before time moves.
  const relay = createRelay(
    db,
    {
      publish: async (_tx, records) => {
        for (const { topic, event } of records)
          if (wakeSagas.topics.some((each) => each === topic))
            time.schedule(time.now(), () => consume(wakeSagas, { ...deps, sagas }, event, 1));
      },
    },
    (error) => {
      throw error;
    },
  );
  // Only what the saga helper itself and made-up steps touch.
  const deps = {
    db,
    log: silentLog,
    metrics: createMetrics(),
    clock: { now: () => time.now() },
    relay: {
      kick: () => {
        const release = time.blockTime('the relay');
        void relay.drain().finally(release);
      },
    },
    settings: { pollSpeed: { hardware: 1, business: 1 }, publicUrl: 'http://rackline.example' },
    ticketing: { open: async ({ faultId }: { faultId: string }) => void tickets.push(faultId) },
  } as unknown as Deps;

  let current: DurableApp | undefined;
  let interceptor: ActivityInterceptor | undefined;
  const deploy: Stage['deploy'] = async ({ sagas, steps }) => {
    const core = new FunctionsCore();
    installFunctionsCore(core);
    registerSagas(sagas, steps, deps);
    await startApp(core, '.');
    current = createDurableApp(core);
  };
  const deployed = (): DurableApp => {
    if (!current) throw new Error('Nothing is deployed.');
    return current;
  };
  await deploy(first);
  const app: DurableApp = {
    has: (...call) => deployed().has(...call),
    runOrchestrator: (...call) => deployed().runOrchestrator(...call),
    runActivity: (...call) => deployed().runActivity(...call),
    runEntity: (...call) => deployed().runEntity(...call),
  };
  const engine = createMemoryEngine(app, {
    time,
    callsInARow: 60, // made-up steps do not poll for long
    intercept: (call, run) => (interceptor ? interceptor(call, run) : run()),
  });
  const client = engineClientOf(engine.client);
  const sagas: Sagas = createSagas(deps, client);
  const start: Stage['start'] = async (saga, key, input = {}) => {
    const id = sagaId(saga, key);
    await client.start(saga.name, id, { parentId: null, rootId: id, input } satisfies SagaStart);
    return id;
  };

  const row = async (id: string) => {
    const found = await findSaga(db, id);
    if (!found) throw new Error(`There is no saga ${id}.`);
    return found;
  };
  const endOf = async (id: string) => {
    const { status, output } = await engine.runToEnd(id);
    if (status !== 'Completed') throw new Error(`${id} is ${status}: ${output}`);
    return SagaEnd.parse(JSON.parse(output ?? 'null'));
  };
  return {
    db,
    time,
    engine,
    app,
    sagas,
    deps,
    tickets,
    deploy,
    row,
    endOf,
    intercept: (wanted) => (interceptor = wanted),
    start,
    run: async (saga, key, input = {}) => endOf(await start(saga, key, input)),
    until: async (id, state) => {
      await engine.runUntil(async () => (await findSaga(db, id))?.state === state);
      return row(id);
    },
    step: async (id, key) => {
      const found = (await stepsOf(db, [id])).find((each) => each.key === key);
      if (!found) throw new Error(`The saga ${id} has no step ${key}.`);
      return found;
    },
    timeline: async (id) =>
      (await timelineOf(db, { sagaId: id, limit: 1000 })).map(({ kind, step: of }) =>
        of === null ? kind : `${kind} ${of}`,
      ),
    close: async () => {
      await engine.stop();
      await db.close();
      await database.drop();
    },
  };
}
