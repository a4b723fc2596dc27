import { Pool } from 'pg';
import type { HostLog } from '../log.ts';
import { newRootKey, type Stores } from '../stores.ts';
import type { Time } from '../time.ts';
import { createPostgresClaims } from './claims.ts';
import { createPostgresEventStore } from './event-store.ts';
import { createPostgresQueueStore } from './queue-store.ts';
import { createReplicas } from './replicas.ts';
import { createSession } from './session.ts';
import { createPostgresTimerStore } from './timer-store.ts';

export interface PostgresOptions {
  url: string;
  /** Connections for queues and records, beside the one session. */
  poolSize: number;
  /** Shown in pg_stat_activity. */
  replica: string;
  time: Time;
  log: HostLog;
}

/** Stores in PostgreSQL (schema `runtime`), shared by all replicas. */
export function createPostgresStores({ url, poolSize, replica, time, log }: PostgresOptions): Stores {
  const pool = new Pool({ connectionString: url, max: poolSize, application_name: `${replica} triggers`, keepAlive: true, connectionTimeoutMillis: 5000 });
  // An idle connection that breaks is replaced when it is needed; without a listener it would end the process.
  pool.on('error', (error) => log.debug({ err: error }, 'an idle database connection broke'));
  const session = createSession(url, `${replica} session`, log);
  const replicas = createReplicas(session, time, log); // first on the session: the others rely on our being known
  return {
    queues: createPostgresQueueStore(pool, session, replicas, log),
    events: createPostgresEventStore(pool, session, time, log),
    timers: createPostgresTimerStore(session),
    claims: createPostgresClaims(session, replicas, log),
    rootKey: async () => {
      await pool.query("INSERT INTO runtime.host_key (name, value) VALUES ('root', $1) ON CONFLICT DO NOTHING", [newRootKey()]);
      const { rows } = await pool.query<{ value: string }>("SELECT value FROM runtime.host_key WHERE name = 'root'");
      return rows[0]?.value ?? '';
    },
    start: () => session.start(),
    stop: async () => {
      await session.stop();
      await pool.end();
    },
  };
}
