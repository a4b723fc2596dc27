import type { HostLog } from '../../core/log.ts';
import type { Time } from '../../core/time.ts';
import { Connections, defaultLimits, onOwnConnection, type TimeLimits } from '../../postgres/connections.ts';
import { createNotifier } from '../../postgres/notifier.ts';
import { newRootKey, type Stores } from '../stores.ts';
import { createPostgresEventStore } from './event-store.ts';
import { createHostConnection, runtimeChannel } from './host-connection.ts';
import { createPostgresLeases } from './leases.ts';
import { createPostgresQueueStore } from './queue-store.ts';
import { createReplicas } from './replicas.ts';
import { createPostgresTimerStore } from './timer-store.ts';

export interface PostgresOptions {
  url: string;
  /** Connections for queues and records, beside the one lasting connection. */
  poolSize: number;
  /** Shown in pg_stat_activity. */
  replica: string;
  limits?: TimeLimits;
  time: Time;
  log: HostLog;
}

/** Forgetting a day's records may take its time. */
const retentionMilliseconds = 600_000;

/** Stores in PostgreSQL (schema `runtime`), shared by all replicas. */
export function createPostgresStores({
  url,
  poolSize,
  replica,
  limits = defaultLimits,
  time,
  log,
}: PostgresOptions): Stores {
  const connections = (name: string) => ({ url, name: `${replica} ${name}`, limits });
  const pool = new Connections({
    ...connections('triggers'),
    max: poolSize,
    onIdleError: (error) => log.debug({ err: error }, 'an idle database connection broke'),
  });
  const notifier = createNotifier(connections('notifier'), (error) =>
    log.debug({ err: error }, 'other replicas could not be notified; they poll regularly'),
  );
  const notify = (what: string) => notifier.notify(runtimeChannel, what);
  const connection = createHostConnection(connections('host'), log);
  connection.use({ down: () => pool.renew() }); // what broke this connection may have silenced the others too
  const replicas = createReplicas(connection, notify, time, log); // before those that rely on our being known
  return {
    queues: createPostgresQueueStore(pool, connection, replicas, notify, log),
    events: createPostgresEventStore({
      pool,
      connection,
      notify,
      time,
      log,
      withoutTimeLimit: (work) =>
        onOwnConnection(
          { ...connections('retention'), limits: { ...limits, answerMilliseconds: retentionMilliseconds } },
          work,
        ),
    }),
    timers: createPostgresTimerStore(connection),
    leases: createPostgresLeases(connection, replicas, notify, log),
    rootKey: async () => {
      await pool.query("INSERT INTO runtime.host_key (name, value) VALUES ('root', $1) ON CONFLICT DO NOTHING", [
        newRootKey(),
      ]);
      const { rows } = await pool.query<{ value: string }>("SELECT value FROM runtime.host_key WHERE name = 'root'");
      return rows[0]?.value ?? '';
    },
    start: () => connection.start(),
    stop: async () => {
      await connection.stop();
      await notifier.close();
      await pool.close();
    },
  };
}
