import { readSettings } from '../../../runtime/core/settings.ts';
import { createMemoryEngine, type MemoryEngine } from '../../../runtime/durable/memory/engine.ts';
import { startHost, type Host } from '../../../runtime/host.ts';
import { createMemoryStores, type Stores } from '../../../runtime/triggers/stores.ts';
import { CommandedTime, recordedLog, type RecordedLog } from './triggers/kit.ts';

export interface TestHost extends Host {
  engine: MemoryEngine;
  stores: Stores;
  log: RecordedLog;
  /** The clock of timers, queues and topics. */
  time: CommandedTime;
}

/** A whole host in memory, on a free port, serving the functions that `register` declares. */
export async function aHost(
  register: () => void,
  { env = {}, hostJson = { version: '2.0' } }: { env?: Record<string, string>; hostJson?: object } = {},
): Promise<TestHost> {
  const log = recordedLog();
  const time = new CommandedTime();
  const stores = createMemoryStores(time, log);
  let engine: MemoryEngine | undefined;
  const settings = readSettings(
    {
      PORT: '0',
      DURABLE_ENGINE: 'memory',
      KAFKA_BROKERS: 'embedded',
      HOST_ROOT_KEY: 'for tests only, at least 32 characters',
      STOP_GRACE_SECONDS: '1',
      ...env,
    },
    hostJson,
  );
  const host = await startHost({
    app: register,
    settings,
    log,
    time,
    stores,
    createEngine: (durable) => (engine = createMemoryEngine(durable)),
  });
  if (!engine) throw new Error('The host made no engine.');
  return { ...host, engine, stores, log, time };
}
