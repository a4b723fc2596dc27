import { createHash } from 'node:crypto';
import { Pool, types, type PoolClient } from 'pg';
import type { z } from 'zod';

/** SQL that each connection reads and plans once. */
export interface Prepared {
  name: string;
  text: string;
}
/**
 * For looking up by a key, which is asked all the time and takes longer to plan than to do. Not for lists with
 * filters: what is the best way there depends on the values.
 */
export const prepared = (text: string): Prepared => ({ name: createHash('sha256').update(text).digest('hex').slice(0, 32), text });

/** Anything that takes SQL: the database itself or a transaction in it. */
export interface Queryable {
  /** Rows as the schema says; a row that does not fit is a bug and throws. */
  many<S extends z.ZodType>(row: S, sql: string | Prepared, values?: readonly unknown[]): Promise<z.infer<S>[]>;
  /** The only row, or undefined. More than one throws. */
  maybe<S extends z.ZodType>(row: S, sql: string | Prepared, values?: readonly unknown[]): Promise<z.infer<S> | undefined>;
  /** How many rows the statement touched. */
  run(sql: string, values?: readonly unknown[]): Promise<number>;
}

export interface Database extends Queryable {
  /** Everything or nothing. Never wait for the network inside. */
  transaction<T>(work: (tx: Queryable) => Promise<T>): Promise<T>;
  close(): Promise<void>;
}

export interface DatabaseOptions {
  url: string;
  maxConnections?: number;
  applicationName?: string;
  /** A broken idle connection: the pool replaces it, somebody may want to know. */
  onIdleError?: (error: Error) => void;
}

// int8 and numeric are counts, positions and money in minor units: all far below 2^53.
// Times come as ISO text with milliseconds, as they leave in JSON.
const parsers = new Map<number, (text: string) => unknown>([
  [types.builtins.INT8, Number],
  [types.builtins.TIMESTAMPTZ, isoOf],
]);

/** Most of what a row of ours holds is times, and the general way of reading them takes longer than all the rest of it. */
function isoOf(text: string): string {
  const [, day, time, fraction = ''] = /^(\d{4}-\d\d-\d\d) (\d\d:\d\d:\d\d)(?:\.(\d+))?\+00$/.exec(text) ?? [];
  return day === undefined ? new Date(text).toISOString() : `${day}T${time}.${fraction.padEnd(3, '0').slice(0, 3)}Z`;
}

export function connect(options: DatabaseOptions): Database {
  const pool = new Pool({
    connectionString: options.url,
    max: options.maxConnections ?? 10,
    application_name: options.applicationName ?? 'rackline',
    types: { getTypeParser: ((oid: number, format?: 'text' | 'binary') => parsers.get(oid) ?? types.getTypeParser(oid, format as 'text')) as typeof types.getTypeParser },
  });
  pool.on('error', (error) => options.onIdleError?.(error));
  // A connection that breaks under a transaction is heard of at its next question; without a listener it would end the process.
  pool.on('connect', (client) => void client.on('error', () => undefined));
  return {
    ...queryable(pool),
    transaction: async (work) => {
      const client = await pool.connect();
      try {
        await client.query('BEGIN');
        const result = await work(queryable(client));
        await client.query('COMMIT');
        client.release();
        return result;
      } catch (error) {
        // A connection that cannot even roll back is thrown away; the first error is the one that counts.
        await client.query('ROLLBACK').then(() => client.release(), (broken: Error) => client.release(broken));
        throw error;
      }
    },
    close: () => pool.end(),
  };
}

function queryable(connection: Pool | PoolClient): Queryable {
  const many: Queryable['many'] = async (row, sql, values = []) => {
    const { rows } = await connection.query<Record<string, unknown>>({ ...(typeof sql === 'string' ? { text: sql } : sql), values: [...values] });
    return rows.map((each) => row.parse(each));
  };
  return {
    many,
    maybe: async (row, sql, values) => {
      const [first, second] = await many(row, sql, values);
      if (second !== undefined) throw new Error(`Expected one row at most of: ${typeof sql === 'string' ? sql : sql.text}`);
      return first;
    },
    run: async (sql, values = []) => (await connection.query(sql, [...values])).rowCount ?? 0,
  };
}
