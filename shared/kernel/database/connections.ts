import {
  Client,
  DatabaseError,
  Pool,
  type ClientConfig,
  type CustomTypesConfig,
  type PoolClient,
  type QueryConfig,
  type QueryResult,
  type QueryResultRow,
} from 'pg';

/**
 * How long we wait for a database, in milliseconds. A connection can fall silent: after a failover, behind a firewall
 * that has forgotten it, at a proxy that hangs. No error comes then, and TCP gives up after 15 minutes to two hours.
 */
export interface TimeLimits {
  /** For a connection: until it stands, or until one in the pool is free. */
  connectMilliseconds: number;
  /** For the answer to a statement. */
  answerMilliseconds: number;
}

export const defaultLimits: TimeLimits = { connectMilliseconds: 2_000, answerMilliseconds: 10_000 };

export interface ConnectionOptions {
  url: string;
  /** Shown in pg_stat_activity. */
  name: string;
  limits: TimeLimits;
  /** Settings of the session, as on the server's command line: `-c name=value`. */
  settings?: string;
  /** How values of the database are read. */
  types?: CustomTypesConfig;
}

/**
 * The server, too, notices within about ten seconds that nobody is there any more. Session, transaction and locks end
 * then.
 */
const serverKeepAlive =
  '-c tcp_keepalives_idle=4 -c tcp_keepalives_interval=2 -c tcp_keepalives_count=3 -c tcp_user_timeout=10000';
const keepAliveAfterMilliseconds = 4_000;
/**
 * The server gives a statement up a little before we do. So a server that is there says that it took too long, and no
 * answer means silence.
 */
const shareOfServer = 0.9;
const farewellMilliseconds = 1_000;

/** A client that does not wait for good when it ends: who has fallen silent does not say goodbye. */
class BoundedClient extends Client {
  override end(): Promise<void>;
  override end(callback: (error: Error) => void): void;
  override end(callback?: (error: Error) => void): Promise<void> | void {
    const hangUp = setTimeout(() => this.connection.stream.destroy(), farewellMilliseconds).unref();
    this.once('end', () => clearTimeout(hangUp));
    return callback ? super.end(callback) : super.end();
  }
}

function configOf({
  url,
  name,
  limits: { connectMilliseconds, answerMilliseconds },
  settings = '',
  types,
}: ConnectionOptions): ClientConfig {
  const inDatabase = Math.ceil(answerMilliseconds * shareOfServer);
  return {
    connectionString: url,
    application_name: name,
    options: `${serverKeepAlive} ${settings}`,
    connectionTimeoutMillis: connectMilliseconds,
    query_timeout: answerMilliseconds,
    statement_timeout: inDatabase,
    idle_in_transaction_session_timeout: inDatabase,
    keepAlive: true,
    keepAliveInitialDelayMillis: keepAliveAfterMilliseconds,
    ...(types && { types }),
  };
}

/** One connection, not yet connected. Who uses it listens to its `error`. */
export const openConnection = (options: ConnectionOptions): Client => new BoundedClient(configOf(options));

/** Connects for this work alone: what takes longer than anything else may, with limits of its own. */
export async function onOwnConnection<T>(options: ConnectionOptions, work: (client: Client) => Promise<T>): Promise<T> {
  const client = openConnection(options);
  client.on('error', () => {}); // the statement under way fails with it
  try {
    await client.connect();
    return await work(client);
  } finally {
    await client.end();
  }
}

/** The database has answered, though with an error. After any other error the connection is of no use. */
export const isAnswer = (error: unknown): error is DatabaseError => error instanceof DatabaseError;

/** pg has no code for it. */
const isSilence = (error: unknown): boolean => error instanceof Error && error.message === 'Query read timeout';

export interface PoolOptions extends ConnectionOptions {
  max: number;
  /** Told of a connection that broke while nobody used it. */
  onIdleError: (error: Error) => void;
}

/** A connection of the pool, held for a transaction. */
export interface HeldConnection {
  query<Row extends QueryResultRow>(statement: string | QueryConfig, values?: unknown[]): Promise<QueryResult<Row>>;
  /** Whether the database still answers on it. */
  readonly isUsable: boolean;
  release(): void;
}

/**
 * A pool whose every wait ends. One connection that has fallen silent is a sign that the others have too: all of them
 * are thrown away then, so that the next statement does not wait in vain on the next one.
 */
export class Connections {
  readonly #options: PoolOptions;
  #pool: Pool;
  /** Pools that were thrown away, until the last of their connections has ended. */
  #ending: Promise<unknown> = Promise.resolve();
  #isClosed = false;

  constructor(options: PoolOptions) {
    this.#options = options;
    this.#pool = this.#open();
  }

  /** How many statements and transactions wait for a free connection. */
  get waiting(): number {
    return this.#pool.waitingCount;
  }

  /** Throws what the database answers, or an error that is no `DatabaseError` when it does not answer. */
  async query<Row extends QueryResultRow>(
    statement: string | QueryConfig,
    values?: unknown[],
  ): Promise<QueryResult<Row>> {
    const held = await this.hold();
    try {
      return await held.query<Row>(statement, values);
    } finally {
      held.release();
    }
  }

  /** Whoever waited for a free connection of a pool that was thrown away waits for one of the new pool. */
  async hold(): Promise<HeldConnection> {
    const pool = this.#pool;
    try {
      return this.#held(await pool.connect(), pool);
    } catch (error) {
      if (pool === this.#pool) throw error;
      return this.hold();
    }
  }

  /**
   * From now on statements go over new connections. Those under way on the old ones are answered there, or time out.
   */
  renew(): void {
    if (this.#isClosed) return;
    const old = this.#pool;
    this.#pool = this.#open();
    this.#ending = Promise.all([this.#ending, old.end()]);
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    await Promise.all([this.#ending, this.#pool.end()]);
  }

  #held(client: PoolClient, pool: Pool): HeldConnection {
    let isUsable = true;
    return {
      query: async (statement, values) => {
        try {
          return await client.query(statement, values);
        } catch (error) {
          if (!isAnswer(error)) isUsable = false;
          if (isSilence(error) && pool === this.#pool) this.renew();
          throw error;
        }
      },
      get isUsable() {
        return isUsable;
      },
      release: () => client.release(!isUsable),
    };
  }

  #open(): Pool {
    const { max, onIdleError, ...connection } = this.#options;
    const pool = new Pool({ ...configOf(connection), max, Client: BoundedClient });
    // Without listeners a connection that breaks would end the process. Whoever is using it has the error of his
    // statement.
    pool.on('error', onIdleError);
    pool.on('connect', (client) => void client.on('error', () => {}));
    return pool;
  }
}
