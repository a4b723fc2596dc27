import type { Client, QueryResultRow } from 'pg';
import type { HostLog } from '../../core/log.ts';
import { isAnswer, openConnection, type ConnectionOptions } from '../../postgres/connections.ts';

/** What depends on the connection: prepared anew each time there is one, told when it is gone. */
export interface ConnectionUser {
  /** The connection is there. What fails here breaks the connection, and it is tried again. */
  up?(): Promise<void>;
  down?(): void;
}

export interface HostConnection {
  /** Before `start` only. Users are brought up in this order. */
  use(user: ConnectionUser): void;
  /** Calls back for each notification that begins with `kind/`, or is `kind`, with what follows. */
  onNotification(kind: string, listener: (what: string) => void): void;
  /** Counts the connections lost so far: where it has changed, what was locked before is locked no longer. */
  readonly generation: number;
  query<Row extends QueryResultRow>(text: string, values?: unknown[]): Promise<Row[]>;
  /** Resolves when connected and every user is up. Rejects when the database cannot be used at all. */
  start(): Promise<void>;
  stop(): Promise<void>;
}

/** The channel of notifications between replicas: `kind/what`. */
export const runtimeChannel = 'runtime';
/** A connection that only listens never finds out that it has fallen silent. */
const heartbeatMilliseconds = 2000;
/** How long a database that is only just starting may take before the host gives up. */
const startupTimeoutMilliseconds = 30_000;
const firstPauseMilliseconds = 50;
const longestPauseMilliseconds = 500;

/**
 * The host's one lasting connection. Session locks say that this replica lives, and LISTEN brings news; both end
 * with the connection, so it comes back by itself and everything on it is set up again.
 */
export function createHostConnection(options: ConnectionOptions, log: HostLog): HostConnection {
  const users: ConnectionUser[] = [];
  const listeners = new Map<string, ((what: string) => void)[]>();
  let client: Client | undefined;
  let isUp = false;
  let generation = 0;
  /** Statements take turns on the one connection. */
  let turn: Promise<void> = Promise.resolve();
  let heartbeatTimer: NodeJS.Timeout | undefined;
  let isStopping = false;
  let reconnecting: Promise<void> | undefined;

  const dispatch = (payload = '') => {
    const [kind = ''] = payload.split('/', 1);
    listeners.get(kind)?.forEach((listener) => listener(payload.slice(kind.length + 1)));
  };

  const drop = (gone: Client) => {
    if (gone === client) {
      client = undefined;
      isUp = false;
      generation++;
      users.forEach((user) => user.down?.());
    }
    void gone.end().catch(() => {}); // it is closed already, or never was open
  };

  const lose = (lost: Client, error: unknown) => {
    if (lost !== client) return;
    const wasUp = isUp;
    drop(lost);
    if (!wasUp || isStopping) return; // whoever is connecting hears of it
    log.warn({ err: error }, 'the database session was lost; connecting again');
    reconnecting = reconnect().finally(() => (reconnecting = undefined));
  };

  const connect = async () => {
    const fresh = openConnection(options);
    fresh.on('error', (error) => lose(fresh, error));
    fresh.on('end', () => lose(fresh, new Error('the database closed the connection')));
    fresh.on('notification', ({ payload }) => dispatch(payload));
    try {
      await fresh.connect();
      client = fresh;
      await fresh.query(`LISTEN ${runtimeChannel}`);
      for (const user of users) await user.up?.();
      isUp = true;
      heartbeatTimer ??= setInterval(heartbeat, heartbeatMilliseconds);
    } catch (error) {
      drop(fresh);
      throw error;
    }
  };

  const reconnect = async () => {
    for (let pause = firstPauseMilliseconds; !isStopping; pause = Math.min(pause * 2, longestPauseMilliseconds)) {
      await new Promise((resolve) => setTimeout(resolve, pause));
      try {
        if (!isStopping) await connect();
        return;
      } catch (error) {
        log.debug({ err: error }, 'the database does not answer yet');
      }
    }
  };

  const query: HostConnection['query'] = (text, values = []) => {
    const connected = client; // the connection of now: what was asked of one that broke is not asked of the next
    const answer = turn.then(async () => {
      if (!connected || connected !== client)
        throw new Error('The database session is not connected; it is being opened again.');
      try {
        return (await connected.query(text, values)).rows;
      } catch (error) {
        if (!isAnswer(error)) lose(connected, error);
        throw error;
      }
    });
    turn = answer.then(
      () => {},
      () => {},
    );
    return answer;
  };

  const heartbeat = () => {
    if (isUp) query('SELECT').catch(() => {}); // where it fails the connection is given up
  };

  return {
    use: (user) => void users.push(user),
    get generation() {
      return generation;
    },
    onNotification: (kind, listener) => void listeners.set(kind, [...(listeners.get(kind) ?? []), listener]),
    query,
    start: async () => {
      for (const giveUpAt = Date.now() + startupTimeoutMilliseconds; ;) {
        try {
          return await connect();
        } catch (error) {
          if (!isStillStarting(error) || Date.now() > giveUpAt) throw error;
          await new Promise((resolve) => setTimeout(resolve, longestPauseMilliseconds));
        }
      }
    },
    stop: async () => {
      isStopping = true;
      clearInterval(heartbeatTimer);
      await reconnecting;
      const last = client;
      if (last) drop(last);
      await last?.end();
    },
  };
}

/** Refused, reset, or "the database system is starting up": worth waiting for. A wrong password is not. */
function isStillStarting(error: unknown): boolean {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  return code === 'ECONNREFUSED' || code === 'ECONNRESET' || code === '57P03';
}
