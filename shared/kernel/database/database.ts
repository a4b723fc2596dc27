import { createHash } from 'node:crypto';
import { escapeLiteral, types, type CustomTypesConfig, type QueryConfig, type QueryResult } from 'pg';
import type { z } from 'zod';
import { Connections, defaultLimits, type HeldConnection, type TimeLimits } from './connections.ts';
import { platformIdentity, sessionSettings, type Identity } from './identity.ts';
import { createNotifier } from './notifier.ts';
import { orUnavailable, overloaded, unavailable } from './unavailable.ts';

/** SQL that each connection reads and plans once. */
export interface Prepared {
  name: string;
  text: string;
}
/**
 * For looking up by a key, which is asked all the time and takes longer to plan than to do. Not for lists with
 * filters: what is the best way there depends on the values.
 */
export const prepared = (text: string): Prepared => ({
  name: createHash('sha256').update(text).digest('hex').slice(0, 32),
  text,
});

/**
 * Anything that takes SQL: the database itself or a transaction in it. Every wait ends: whoever asks a database that
 * does not answer, or has too much to do, gets an AppError `unavailable` or `no-capacity`.
 */
export interface Queryable {
  /** Rows as the schema says; a row that does not fit is a bug and throws. */
  many<S extends z.ZodType>(row: S, sql: string | Prepared, values?: readonly unknown[]): Promise<z.infer<S>[]>;
  /** The only row, or undefined. More than one throws. */
  maybe<S extends z.ZodType>(
    row: S,
    sql: string | Prepared,
    values?: readonly unknown[],
  ): Promise<z.infer<S> | undefined>;
  /** How many rows the statement touched. */
  run(sql: string, values?: readonly unknown[]): Promise<number>;
  /**
   * Tells other processes that there is something new, once it is committed. A hint: whoever listens also looks by the
   * clock.
   */
  notify(channel: string, payload?: string): void;
}

export interface Transaction extends Queryable {
  /**
   * Does this once the transaction is committed and its connection given back, before `transaction` answers; never, if
   * it is rolled back or the process dies in between. It must not reject: the transaction has happened.
   */
  afterCommit(work: () => Promise<void>): void;
}

/** A database that one can open transactions in. */
export interface Transactional extends Queryable {
  /** Everything or nothing. Never wait for the network inside: `afterCommit` is for that. */
  transaction<T>(work: (tx: Transaction) => Promise<T>): Promise<T>;
}

export interface Database extends Transactional {
  /**
   * The same database on behalf of somebody: each statement and each transaction carries the identity. A statement by
   * itself costs two more exchanges, as it has to be a transaction.
   */
  as(identity: Identity): Database;
  /** Whether it answers. Rejects with `unavailable` when it has not done so within a second. */
  ping(): Promise<void>;
  close(): Promise<void>;
}

/** Does `work` in the caller's transaction, or in one of its own where the caller has none. */
export const inOneTransaction = <T>(db: Queryable, work: (tx: Queryable) => Promise<T>): Promise<T> =>
  isDatabase(db) ? db.transaction(work) : work(db);
const isDatabase = (db: Queryable): db is Database => 'transaction' in db;

export interface DatabaseOptions {
  url: string;
  maxConnections?: number;
  limits?: TimeLimits;
  /** A broken idle connection: the pool replaces it, somebody may want to know. */
  onIdleError?: (error: Error) => void;
}

// int8 and numeric are counts, positions and money in minor units: all far below 2^53.
// Times come as ISO text with milliseconds, as they leave in JSON.
const parsers = new Map<number, (text: string) => unknown>([
  [types.builtins.INT8, Number],
  [types.builtins.TIMESTAMPTZ, isoOf],
]);

/**
 * Most of what a row of ours holds is times, and the general way of reading them takes longer than all the rest of it.
 */
function isoOf(text: string): string {
  const [, day, time, fraction = ''] = /^(\d{4}-\d\d-\d\d) (\d\d:\d\d:\d\d)(?:\.(\d+))?\+00$/.exec(text) ?? [];
  return day === undefined ? new Date(text).toISOString() : `${day}T${time}.${fraction.padEnd(3, '0').slice(0, 3)}Z`;
}

const ourTypes: CustomTypesConfig = {
  getTypeParser: ((oid: number, format?: 'text' | 'binary') =>
    parsers.get(oid) ?? types.getTypeParser(oid, format as 'text')) as typeof types.getTypeParser,
};

const probeLimits: TimeLimits = { connectMilliseconds: 1000, answerMilliseconds: 1000 };
/** So many wait for each connection at most. Whoever comes then would only wait in vain. */
const waitingForEach = 50;

export function connect({
  url,
  maxConnections = 10,
  limits = defaultLimits,
  onIdleError = () => {},
}: DatabaseOptions): Database {
  const pool = new Connections({
    url,
    name: 'rackline',
    limits,
    types: ourTypes,
    settings: sessionSettings(platformIdentity),
    max: maxConnections,
    onIdleError,
  });
  // opened when it is used
  const probe = new Connections({ url, name: 'rackline-probe', limits: probeLimits, max: 1, onIdleError });
  // whoever was not notified polls anyway
  const notifier = createNotifier({ url, name: 'rackline-notifier', limits }, () => {});
  const notify: Queryable['notify'] = (channel, payload) => notifier.notify(channel, payload);
  const holding = async <T>(work: (held: HeldConnection) => Promise<T>): Promise<T> => {
    if (pool.waiting >= waitingForEach * maxConnections) throw overloaded(pool.waiting);
    const held = await pool.hold();
    try {
      return await work(held);
    } finally {
      held.release();
    }
  };
  let pinging: Promise<unknown> | undefined;
  const ping = async (): Promise<void> => {
    // whoever asks meanwhile gets the same answer
    pinging ??= probe.query('SELECT').finally(() => (pinging = undefined));
    await pinging.catch((error: unknown) => {
      throw unavailable(error);
    });
  };
  const close = async (): Promise<void> => {
    await notifier.close();
    await Promise.all([probe.close(), pool.close()]);
  };
  return handleOf({ holding, notify, ping, close });
}

/** What all handles of one database share. */
interface Shared extends Pick<Database, 'ping' | 'close'> {
  holding<T>(work: (held: HeldConnection) => Promise<T>): Promise<T>;
  notify: Queryable['notify'];
}

function handleOf(shared: Shared, identity?: Identity): Database {
  const { holding, notify, ping, close } = shared;
  const begin = identity === undefined ? 'BEGIN' : beginAs(identity);
  const ask: Ask = (statement) =>
    holding((held) =>
      identity === undefined ? held.query(statement) : inTransaction(held, begin, () => held.query(statement)),
    );
  return {
    ...queryable(ask, notify),
    transaction: async (work) => {
      const reported: Parameters<Queryable['notify']>[] = [];
      const committed: (() => Promise<void>)[] = [];
      const remember: Queryable['notify'] = (...notice) => void reported.push(notice);
      const afterCommit: Transaction['afterCommit'] = (next) => void committed.push(next);
      const result = await holding((held) =>
        inTransaction(held, begin, () =>
          work({ ...queryable((statement) => held.query(statement), remember), afterCommit }),
        ),
      ).catch((error: unknown) => {
        throw orUnavailable(error);
      });
      for (const notice of reported) notify(...notice);
      for (const next of committed) await next();
      return result;
    },
    as: (other) => handleOf(shared, other),
    ping,
    close,
  };
}

type Ask = (statement: QueryConfig) => Promise<QueryResult<Record<string, unknown>>>;

/** Begins a transaction that has this identity until it ends, in one exchange with the database. */
const beginAs = ({ caller, tenant }: Identity): string =>
  `BEGIN; SELECT set_config('rackline.caller', ${escapeLiteral(caller)}, true),` +
  ` set_config('rackline.tenant', ${escapeLiteral(tenant)}, true)`;

/** `begin`: the statements that open the transaction. */
async function inTransaction<T>(held: HeldConnection, begin: string, work: () => Promise<T>): Promise<T> {
  try {
    await held.query(begin);
    const result = await work();
    await held.query('COMMIT');
    return result;
  } catch (error) {
    // A connection that cannot even roll back is thrown away; the first error is the one that counts.
    if (held.isUsable) await held.query('ROLLBACK').catch(() => undefined);
    throw error;
  }
}

function queryable(ask: Ask, notify: Queryable['notify']): Queryable {
  const answered: Ask = async (statement) => {
    try {
      return await ask(statement);
    } catch (error) {
      throw orUnavailable(error);
    }
  };
  const many: Queryable['many'] = async (row, sql, values = []) => {
    const { rows } = await answered({ ...(typeof sql === 'string' ? { text: sql } : sql), values: [...values] });
    return rows.map((each) => row.parse(each));
  };
  return {
    many,
    maybe: async (row, sql, values) => {
      const [first, second] = await many(row, sql, values);
      if (second !== undefined)
        throw new Error(`Expected one row at most of: ${typeof sql === 'string' ? sql : sql.text}`);
      return first;
    },
    run: async (sql, values = []) => (await answered({ text: sql, values: [...values] })).rowCount ?? 0,
    notify,
  };
}
