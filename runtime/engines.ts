import { randomUUID } from 'node:crypto';
import type { HostLog } from './core/log.ts';
import type { HostSettings } from './core/settings.ts';
import { systemTime } from './core/time.ts';
import type { DurableApp, DurableEngine } from './durable/contract/engine.ts';
import { createClient } from './durable/core/client.ts';
import { Random } from './durable/memory/random.ts';
import { MemoryStore } from './durable/memory/store.ts';
import { createPostgresEngine } from './durable/postgres/engine.ts';
import { Worker } from './durable/worker/worker.ts';

/** The durable engine a process runs, as its settings say. */
export function createEngineOf(
  { durable, database, graceMilliseconds }: HostSettings,
  log: HostLog,
): (app: DurableApp) => DurableEngine {
  const { maxConcurrentActivities, maxConcurrentOrchestrators, httpPollMilliseconds, poolSize } = durable;
  const defaultVersion = durable.defaultVersion ?? null;
  return (app) => {
    if (durable.engine === 'postgres' && database) {
      return createPostgresEngine(app, {
        url: database.url,
        limits: database.limits,
        maxConnections: poolSize,
        maxConcurrentActivities,
        maxOwnedInstances: maxConcurrentOrchestrators,
        defaultVersion,
        httpPollMilliseconds,
        graceMilliseconds,
        log,
      });
    }
    return inMemory(app, log, {
      maxConcurrentActivities,
      maxOwnedInstances: maxConcurrentOrchestrators,
      graceMilliseconds,
      defaultVersion,
      httpPollMilliseconds,
    });
  };
}

interface MemoryLimits {
  maxConcurrentActivities: number;
  maxOwnedInstances: number;
  graceMilliseconds: number;
  defaultVersion: string | null;
  httpPollMilliseconds: number;
}

/** The engine without a database, in real time: everything is forgotten when the process ends. */
function inMemory(
  app: DurableApp,
  log: HostLog,
  { defaultVersion, httpPollMilliseconds, ...limits }: MemoryLimits,
): DurableEngine {
  const now = () => systemTime.now();
  const newId = () => randomUUID().replaceAll('-', '');
  const store = new MemoryStore(now, new Random(1));
  const worker = new Worker(store, {
    app,
    log,
    newId,
    ...limits,
    time: systemTime,
    turn: { httpPollMilliseconds, defaultVersion },
    pollMilliseconds: 60_000, // the store tells of every change
    pickNext: () => 0,
    failpoint: undefined,
    blockTime: () => () => {},
    observe: undefined,
  });
  return {
    client: createClient({
      app,
      store,
      now,
      newId,
      defaultVersion,
      startHere: (instance) => worker.startHere(instance),
    }),
    start: () => worker.start(),
    stop: () => worker.stop(),
  };
}
