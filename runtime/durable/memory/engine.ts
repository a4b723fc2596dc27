import { silentLog, type HostLog } from '../../core/log.ts';
import type { DurableApp, DurableClient, DurableEngine, InstanceStatus, JsonText } from '../contract/engine.ts';
import { isEntityId, isFinished } from '../contract/instance.ts';
import { createClient } from '../core/client.ts';
import type { WorkerOptions } from '../worker/options.ts';
import { Worker } from '../worker/worker.ts';
import type { CrashPlan } from './crash.ts';
import { Random } from './random.ts';
import { StallWatch } from './stall-watch.ts';
import { MemoryStore } from './store.ts';
import { VirtualTime } from './virtual-time.ts';

/** Stands around every activity: call `run` once, twice or not at all, and answer or throw what you like. */
export type ActivityInterceptor = (
  call: { name: string; input: JsonText | null; instanceId: string },
  run: () => Promise<JsonText | null>,
) => Promise<JsonText | null>;

export interface MemoryEngineOptions {
  time?: VirtualTime;
  /** Decides every order that is open; the same seed gives the same run. */
  seed?: number;
  /** Where the process dies. A new one starts at once and takes over. */
  crash?: CrashPlan;
  intercept?: ActivityInterceptor;
  /** Processes that share the work. */
  workers?: number;
  maxConcurrentActivities?: number;
  defaultVersion?: string | null;
  httpPollMilliseconds?: number;
  /** So often in a row an instance may call one activity, usually 200. Then runToEnd and runUntil give up. */
  callsInARow?: number;
  log?: HostLog;
}

export interface MemoryEngine extends DurableEngine {
  readonly time: VirtualTime;
  /** How often a process has died so far. */
  readonly crashes: number;
  /**
   * Lets time run until the instance has ended, and answers how. Throws if nothing is left that could happen, nothing
   * ends it within 400 days, or an instance makes no progress, and says what every instance waits for.
   */
  runToEnd(instanceId: string): Promise<InstanceStatus>;
  /** Lets time run until the condition holds. Throws like runToEnd. */
  runUntil(condition: () => boolean | Promise<boolean>): Promise<void>;
  /** Lets everything happen that happens without time passing. */
  settle(): Promise<void>;
  /** All connections to the store break. */
  breakConnections(): void;
}

const tooLong = 400 * 86_400_000;

/** The engine of unit tests: the real worker over a store in memory, in virtual time, in seeded order. */
export function createMemoryEngine(app: DurableApp, options: MemoryEngineOptions = {}): MemoryEngine {
  const {
    time = new VirtualTime(),
    seed = 1,
    crash,
    intercept,
    workers: workerCount = 1,
    maxConcurrentActivities = 100,
    defaultVersion = null,
    httpPollMilliseconds = 30_000,
    callsInARow = 200,
    log = silentLog,
  } = options;
  const random = new Random(seed);
  const store = new MemoryStore(() => time.now(), random);
  const waits = new Map<string, readonly string[]>();
  const watch = new StallWatch(callsInARow);
  const newId = () => random.hex(32);
  const workers: Worker[] = [];
  let crashes = 0;

  const startWorker = async (place: number): Promise<void> => {
    const release = time.blockTime('a process that starts');
    const worker: Worker = new Worker(
      store,
      workerOptions(async (failpoint, instanceId) => {
        if (!crash?.(failpoint, instanceId)) return;
        crashes += 1;
        worker.die();
        await startWorker(place);
        await new Promise(() => {}); // the dead never come back
      }),
    );
    workers[place] = worker;
    await worker.start();
    release();
  };
  const workerOptions = (failpoint: WorkerOptions['failpoint']): WorkerOptions => ({
    app: {
      ...app,
      runActivity: (name, input, instanceId) => {
        watch.note(instanceId, name, input);
        const run = () => app.runActivity(name, input, instanceId);
        return intercept ? intercept({ name, input, instanceId }, run) : run();
      },
    },
    time,
    log,
    newId,
    failpoint,
    maxConcurrentActivities,
    turn: { httpPollMilliseconds, defaultVersion },
    maxOwnedInstances: 500,
    pollMilliseconds: Infinity, // the store tells of every change
    graceMilliseconds: 10_000,
    pickNext: (count) => random.below(count),
    blockTime: () => time.blockTime('an activity or a turn'),
    observe: (instanceId, waitsFor) => void waits.set(instanceId, waitsFor),
  });

  const plainClient = createClient({
    app,
    store,
    now: () => time.now(),
    newId,
    defaultVersion,
    startHere: async (instance) => workers[random.below(workers.length)]?.startHere(instance),
  });
  const client = blockingClient(plainClient, time);

  const start = async (): Promise<void> => {
    for (let place = workers.length; place < workerCount; place += 1) await startWorker(place);
  };
  const runUntil = async (isDone: () => boolean | Promise<boolean>, what: string): Promise<void> => {
    await start();
    watch.reset();
    const isDoneOrStalled = async () => {
      if (await isDone()) return true;
      if (watch.stall !== undefined)
        throw new Error(`${what} does not come about. ${watch.stall}\n${describe(store, waits)}`);
      return false;
    };
    if (await time.run({ isDone: isDoneOrStalled, until: time.now() + tooLong })) return;
    throw new Error(`${what} cannot come about: nothing is left to happen.\n${describe(store, waits)}`);
  };

  return {
    client,
    time,
    get crashes() {
      return crashes;
    },
    start,
    stop: async () => {
      await Promise.all(workers.splice(0).map((worker) => worker.stop()));
    },
    runToEnd: async (instanceId) => {
      let status: InstanceStatus | undefined;
      await runUntil(async () => {
        status = await store.status(instanceId);
        return status !== undefined && isFinished(status.status);
      }, `The end of '${instanceId}'`);
      if (!status) throw new Error(`There is no instance '${instanceId}'.`);
      return status;
    },
    runUntil: (condition) => runUntil(condition, 'The condition'),
    settle: async () => {
      await start();
      await time.run({ until: time.now() });
    },
    breakConnections: () => store.breakMemberships(new Error('The connection was broken by the test.')),
  };
}

/** While a client's call is under way, time stands still. */
function blockingClient(client: DurableClient, time: VirtualTime): DurableClient {
  const blocking =
    <A extends unknown[], R>(call: (...args: A) => Promise<R>) =>
    async (...args: A): Promise<R> => {
      const release = time.blockTime('a client');
      try {
        return await call(...args);
      } finally {
        release();
      }
    };
  return Object.fromEntries(
    Object.entries(client).map(([name, call]) => [name, blocking(call as (...args: unknown[]) => Promise<unknown>)]),
  ) as unknown as DurableClient;
}

function describe(store: MemoryStore, waits: ReadonlyMap<string, readonly string[]>): string {
  const open = [...store.instances.values()]
    .map(({ instance }) => instance)
    .filter(({ instanceId, status }) => !isEntityId(instanceId) && !isFinished(status));
  if (open.length === 0) return 'No instance is running.';
  return open
    .map(
      ({ instanceId, name, status }) =>
        `  ${instanceId} (${name}, ${status}) waits for: ` +
        `${waits.get(instanceId)?.join(', ') || 'nothing it ever yielded to the engine'}`,
    )
    .join('\n');
}
