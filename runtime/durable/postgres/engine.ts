import { randomUUID } from 'node:crypto';
import { silentLog, type HostLog } from '../../core/log.ts';
import { systemTime } from '../../core/time.ts';
import { defaultLimits, type TimeLimits } from '../../postgres/connections.ts';
import type { DurableApp, DurableClient, DurableEngine } from '../contract/engine.ts';
import { createClient } from '../core/client.ts';
import { Worker } from '../worker/worker.ts';
import { PostgresStore } from './store.ts';

export interface PostgresEngineOptions {
  /** A database with the schema `durable` (infra/db/migrations). */
  url: string;
  /** host.json: extensions.durableTask.maxConcurrentActivityFunctions. */
  maxConcurrentActivities?: number;
  /** Instances this process works on at a time; those that wait do not count. */
  maxOwnedInstances?: number;
  /** host.json: extensions.durableTask.defaultVersion. */
  defaultVersion?: string | null;
  /** host.json: extensions.durableTask.httpSettings.defaultAsyncRequestSleepTimeMilliseconds. */
  httpPollMilliseconds?: number;
  /** How long stop() waits for activities under way. */
  graceMilliseconds?: number;
  maxConnections?: number;
  /** After how long without a sign a worker is given up, though its connection still stands. */
  silenceMilliseconds?: number;
  limits?: TimeLimits;
  log?: HostLog;
}

const defaultSilence = 10_000;
const newId = () => randomUUID().replaceAll('-', '');

/** The default engine: instances in PostgreSQL, any number of processes at work on them. */
export function createPostgresEngine(app: DurableApp, options: PostgresEngineOptions): DurableEngine {
  const {
    url,
    maxConcurrentActivities = 100,
    maxOwnedInstances = 500,
    defaultVersion = null,
    httpPollMilliseconds = 30_000,
    graceMilliseconds = 10_000,
    maxConnections = 6,
    silenceMilliseconds = defaultSilence,
    limits = defaultLimits,
    log = silentLog,
  } = options;
  const store = new PostgresStore({ url, maxConnections, silenceMilliseconds, limits, log });
  const worker = new Worker(store, {
    app,
    log,
    newId,
    maxConcurrentActivities,
    maxOwnedInstances,
    graceMilliseconds,
    time: systemTime,
    turn: { httpPollMilliseconds, defaultVersion },
    pollMilliseconds: 1_000,
    pickNext: () => 0,
    failpoint: undefined,
    blockTime: () => () => {},
    observe: undefined,
  });
  return {
    client: createClient({
      app,
      store,
      now: () => Date.now(),
      newId,
      defaultVersion,
      startHere: (instance) => worker.startHere(instance),
    }),
    start: () => worker.start(),
    stop: async () => {
      await worker.stop();
      await store.close();
    },
  };
}

/** The same operations for a process that runs no instances itself. */
export function createPostgresClient(
  app: DurableApp,
  {
    url,
    defaultVersion = null,
    limits = defaultLimits,
    log = silentLog,
  }: Pick<PostgresEngineOptions, 'url' | 'defaultVersion' | 'limits' | 'log'>,
): { client: DurableClient; close(): Promise<void> } {
  const store = new PostgresStore({ url, maxConnections: 2, silenceMilliseconds: defaultSilence, limits, log });
  return {
    client: createClient({ app, store, now: () => Date.now(), newId, defaultVersion }),
    close: () => store.close(),
  };
}
