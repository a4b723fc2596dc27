import type { HostLog } from '../../core/log.ts';
import type { Time } from '../../core/time.ts';
import { createBell } from '../../postgres/bell.ts';
import { Connections, defaultLimits, onOwnConnection, type TimeLimits } from '../../postgres/connections.ts';
import { newRootKey, type Stores } from '../stores.ts';
import { createPostgresClaims } from './claims.ts';
import { createPostgresEventStore } from './event-store.ts';
import { createPostgresQueueStore } from './queue-store.ts';
import { createReplicas } from './replicas.ts';
import { createSession, sessionChannel } from './session.ts';
import { createPostgresTimerStore } from './timer-store.ts';

export interface PostgresOptions {
  url: string;
  /** Connections for queues and records, beside the one session. */
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
  const bell = createBell(connections('bell'), (error) =>
    log.debug({ err: error }, 'other replicas could not be told; they look by the clock'),
  );
  const ring = (what: string) => bell.ring(sessionChannel, what);
  const session = createSession(connections('session'), log);
  session.use({ down: () => pool.renew() }); // what broke the session may have silenced the others too
  const replicas = createReplicas(session, ring, time, log); // before those that rely on our being known
  return {
    queues: createPostgresQueueStore(pool, session, replicas, ring, log),
    events: createPostgresEventStore({
      pool,
      session,
      ring,
      time,
      log,
      atLeisure: (work) =>
        onOwnConnection(
          { ...connections('retention'), limits: { ...limits, answerMilliseconds: retentionMilliseconds } },
          work,
        ),
    }),
    timers: createPostgresTimerStore(session),
    claims: createPostgresClaims(session, replicas, ring, log),
    rootKey: async () => {
      await pool.query("INSERT INTO runtime.host_key (name, value) VALUES ('root', $1) ON CONFLICT DO NOTHING", [
        newRootKey(),
      ]);
      const { rows } = await pool.query<{ value: string }>("SELECT value FROM runtime.host_key WHERE name = 'root'");
      return rows[0]?.value ?? '';
    },
    start: () => session.start(),
    stop: async () => {
      await session.stop();
      await bell.close();
      await pool.close();
    },
  };
}
