import { hostname } from 'node:os';
import type { Client, QueryConfig, QueryResult, QueryResultRow } from 'pg';
import type { HostLog } from '../../core/log.ts';
import { isAnswer, type Connections } from '../../postgres/connections.ts';
import type { HistoryEvent } from '../contract/history.ts';
import type { Instance } from '../contract/instance.ts';
import { storableJson } from '../contract/storable.ts';
import type {
  OffloadedTask,
  Loaded,
  Polled,
  MembershipEvents,
  TurnCommit,
  TaskEnd,
  Membership,
} from '../contract/store.ts';
import { commitStatement } from './commit-statement.ts';
import {
  finishedStatuses,
  instancesBegin,
  newInstanceRow,
  outgoingColumns,
  outgoingRow,
  sendOutgoing,
} from './fragments.ts';
import { instanceColumns, toHistory, toInstance, toMessage, type InstanceRow, type MessageRow } from './rows.ts';

/** The first number of the advisory lock a worker holds while it lives; the second is its id. */
const workerLock = 7_241_906;
/** The channel on which workers are notified of work. */
export const workChannel = 'durable';
const heartbeatMilliseconds = 500;

export interface MembershipInput {
  pool: Connections;
  /** A connection for this membership alone: the lock it holds says that the worker lives. Connected. */
  connection: Client;
  /** Tells the other workers that there is. */
  notifyOthers: () => void;
  events: MembershipEvents;
  log: HostLog;
  /**
   * A worker without a heartbeat for so long is given up. One whose process died is noticed at the next heartbeat.
   */
  silenceMilliseconds: number;
  /** How long a statement may take, with the wait for a connection. */
  answerMilliseconds: number;
  /** The worker this process was before, whose work it takes over without waiting for its lock to fall free. */
  previous: number | undefined;
}

/** Joins the workers of a database. Rejects if it cannot; the connection is then of no use any more. */
export async function joinWorkers(input: MembershipInput): Promise<PostgresMembership> {
  const { connection } = input;
  const {
    rows: [next],
  } = await connection.query<{ id: number }>(
    `SELECT nextval(pg_get_serial_sequence('durable.worker', 'id'))::int AS id`,
  );
  const id = next?.id ?? 0;
  // The lock comes before the row: a worker that can be seen holds it.
  await connection.query('SELECT pg_advisory_lock($1, $2)', [workerLock, id]);
  await connection.query('INSERT INTO durable.worker (id, name) OVERRIDING SYSTEM VALUE VALUES ($1, $2)', [
    id,
    `${hostname()}:${process.pid}`,
  ]);
  await connection.query(`LISTEN ${workChannel}`);
  const membership = new PostgresMembership(id, input);
  await membership.heartbeat();
  return membership;
}

export class PostgresMembership implements Membership {
  readonly id: number;
  others = 0;
  readonly #pool: Connections;
  readonly #connection: Client;
  readonly #notifyOthers: () => void;
  readonly #events: MembershipEvents;
  readonly #log: HostLog;
  readonly #silenceMilliseconds: number;
  readonly #answerMilliseconds: number;
  /** When the statements were asked that are not answered yet, oldest first. */
  readonly #unanswered = new Set<{ since: number }>();
  /** Workers that are gone and may still be entered as owners. */
  #gone: number[];
  #isOver = false;
  #isSendingHeartbeat = false;
  #heartbeatTimer: NodeJS.Timeout | undefined;

  constructor(
    id: number,
    { pool, connection, notifyOthers, events, log, silenceMilliseconds, answerMilliseconds, previous }: MembershipInput,
  ) {
    this.id = id;
    this.#pool = pool;
    this.#connection = connection;
    this.#notifyOthers = notifyOthers;
    this.#events = events;
    this.#log = log;
    this.#silenceMilliseconds = silenceMilliseconds;
    this.#answerMilliseconds = answerMilliseconds;
    this.#gone = previous === undefined ? [] : [previous];
    connection.on('notification', () => events.wake());
    connection.on('error', (error) => this.#end(error));
    connection.on('end', () => this.#end(new Error('The connection of the durable worker was closed.')));
    this.#heartbeatTimer = setInterval(() => {
      this.#endIfUnanswered();
      void this.heartbeat().catch((error: unknown) => this.#end(error));
    }, heartbeatMilliseconds);
  }

  /** Shows that this worker lives and reads which others do. Does nothing while the last heartbeat still runs. */
  async heartbeat(): Promise<void> {
    if (this.#isOver || this.#isSendingHeartbeat) return;
    this.#isSendingHeartbeat = true;
    try {
      await this.#sendHeartbeat();
    } finally {
      this.#isSendingHeartbeat = false;
    }
  }

  async #sendHeartbeat(): Promise<void> {
    const {
      rows: [seen],
    } = await this.#connection.query<Heartbeat>({
      name: 'durable-beat',
      text: heartbeat,
      values: [this.id, workerLock, this.#silenceMilliseconds],
    });
    if (!seen?.is_known)
      throw new Error('This worker was given up by the others, as it had sent no heartbeat for too long.');
    this.#gone = seen.all_others.filter((id) => seen.gone.includes(id) || this.#gone.includes(id));
    this.others = seen.all_others.length - this.#gone.length;
    if (this.#gone.length > 0) this.#events.wake();
  }

  async poll(room: number, known: readonly string[]): Promise<Polled> {
    // In this order: what we release in between is found by the second query.
    const { rows: due } = await this.#ask<MessageRow>({
      name: 'durable-due',
      text: dueForOwner,
      values: [this.id, known],
    });
    const rows = room > 0 ? [...(await this.#takeOver(room)), ...(await this.#claim(room))] : [];
    const claimed = rows.length > 0 ? await this.#load(rows) : [];
    const isClaimed = new Set(rows.map(({ id }) => id));
    const {
      rows: [rest],
    } = await this.#ask<{ has_tasks: boolean; next_due: Date | null }>({ name: 'durable-next', text: whatIsNext });
    return {
      claimed,
      messages: due
        .filter(({ instance_id: id }) => !isClaimed.has(id))
        .map((row) => ({ instanceId: row.instance_id, message: toMessage(row) })),
      hasTasks: rest?.has_tasks ?? false,
      nextDue: rest?.next_due?.getTime() ?? null,
    };
  }

  async commit(commits: readonly TurnCommit[]): Promise<ReadonlySet<string>> {
    try {
      const { rows } = await this.#ask<{ id: string }>(commitStatement(this.id, commits));
      if (this.#concernsOthers(commits)) this.#notifyOthers();
      return new Set(rows.map(({ id }) => id));
    } catch (error) {
      if (commits.length > 1 && (isRefusedData(error) || isGivenUp(error))) {
        // One of them cannot be stored, or all of them not at once. It must not stop the others.
        const middle = commits.length >> 1;
        const halves = await Promise.all([this.commit(commits.slice(0, middle)), this.commit(commits.slice(middle))]);
        return new Set(halves.flatMap((stored) => [...stored]));
      }
      if (!isRefusedData(error)) throw error;
      this.#log.error(
        { instanceId: commits[0]?.before.instanceId, err: error },
        'a turn holds something PostgreSQL cannot store; the instance is left aside until the next start',
      );
      return new Set();
    }
  }

  async start(instances: readonly Instance[]): Promise<ReadonlySet<string>> {
    const { rows } = await this.#ask<{ id: string }>({
      name: 'durable-start-here',
      text: startHere,
      values: [storableJson(instances.map(newInstanceRow)), this.id],
    });
    return new Set(rows.map(({ id }) => id));
  }

  async takeTasks(room: number): Promise<OffloadedTask[]> {
    const { rows } = await this.#ask<TaskRow>({ name: 'durable-take-tasks', text: takeTasks, values: [this.id, room] });
    return rows.map((row) => ({
      rowId: row.id,
      instanceId: row.instance_id,
      executionId: row.execution_id,
      taskId: row.task_id,
      name: row.name,
      input: row.input,
    }));
  }

  async finishTasks(ends: readonly TaskEnd[]): Promise<void> {
    const rows = ends.map(({ task, event }, place) => ({
      row_id: task.rowId,
      ...outgoingRow({ to: task.instanceId, executionId: task.executionId, event }, place),
    }));
    await this.#ask({ name: 'durable-finish-tasks', text: finishTasks, values: [storableJson(rows), this.id] });
    if (this.others > 0) this.#notifyOthers();
  }

  async isAlive(instanceId: string, executionId: string): Promise<boolean> {
    const { rowCount } = await this.#ask({
      name: 'durable-is-alive',
      text: `SELECT FROM durable.instance WHERE id = $1 AND execution_id = $2 AND status NOT IN ${finishedStatuses}`,
      values: [instanceId, executionId],
    });
    return rowCount === 1;
  }

  async leave(): Promise<void> {
    if (this.#isOver) return;
    this.#stop();
    // Where something is still owned the row stays: the lock falls free with the connection, and the others see it.
    await this.#connection
      .query(
        'DELETE FROM durable.worker w WHERE w.id = $1 AND NOT EXISTS (SELECT FROM durable.instance WHERE owner = w.id)',
        [this.id],
      )
      .catch((error: unknown) => error);
    await this.#connection.end().catch((error: unknown) => error);
  }

  /** Instances of workers that are gone. */
  async #takeOver(room: number): Promise<InstanceRow[]> {
    if (this.#gone.length === 0) return [];
    const { rows } = await this.#ask<InstanceRow>({
      name: 'durable-take-over',
      text: takeOver,
      values: [this.id, this.#gone, room],
    });
    if (rows.length < room)
      await this.#ask({ name: 'durable-remove-workers', text: removeWorkers, values: [this.#gone] });
    return rows;
  }

  /** Instances that wait no longer and have no owner. */
  async #claim(room: number): Promise<InstanceRow[]> {
    return (await this.#ask<InstanceRow>({ name: 'durable-claim', text: claim, values: [this.id, room] })).rows;
  }

  async #load(rows: readonly InstanceRow[]): Promise<Loaded[]> {
    const ids = [rows.map(({ id }) => id)];
    const [messages, episodes, tasks] = await Promise.all([
      this.#ask<MessageRow>({ name: 'durable-inboxes', text: inboxes, values: ids }),
      this.#ask<{ instance_id: string; events: HistoryEvent[] }>({
        name: 'durable-histories',
        text: histories,
        values: ids,
      }),
      this.#ask<{ instance_id: string; task_id: number }>({
        name: 'durable-offloaded',
        text: 'SELECT instance_id, task_id FROM durable.task WHERE instance_id = ANY ($1)',
        values: ids,
      }),
    ]);
    const inbox = Map.groupBy(messages.rows, ({ instance_id: id }) => id);
    const history = Map.groupBy(episodes.rows, ({ instance_id: id }) => id);
    const offloaded = Map.groupBy(tasks.rows, ({ instance_id: id }) => id);
    return rows.map((row) => ({
      instance: toInstance(row),
      history: toHistory(history.get(row.id) ?? []),
      messages: (inbox.get(row.id) ?? []).map(toMessage),
      offloaded: (offloaded.get(row.id) ?? []).map(({ task_id: taskId }) => taskId),
    }));
  }

  #concernsOthers(commits: readonly TurnCommit[]): boolean {
    return (
      this.others > 0 &&
      commits.some(
        ({ children, outgoing, offloaded }) =>
          children.length > 0 || offloaded.length > 0 || outgoing.some(({ visibleAt }) => visibleAt === undefined),
      )
    );
  }

  /** Every statement of the membership but those on its own connection. */
  async #ask<Row extends QueryResultRow>(statement: QueryConfig): Promise<QueryResult<Row>> {
    const asked = { since: performance.now() };
    this.#unanswered.add(asked);
    try {
      return await this.#pool.query<Row>(statement);
    } finally {
      this.#unanswered.delete(asked);
    }
  }

  /**
   * A heartbeat is not enough: a worker whose statements are not answered stands in the way of those that could
   * do its work.
   */
  #endIfUnanswered(): void {
    const [oldest] = this.#unanswered;
    if (oldest && performance.now() - oldest.since > this.#answerMilliseconds)
      this.#end(
        new Error(
          `The database has not answered a statement of the durable worker for ${this.#answerMilliseconds} ms.`,
        ),
      );
  }

  #stop(): void {
    this.#isOver = true;
    clearInterval(this.#heartbeatTimer);
  }

  #end(cause: unknown): void {
    if (this.#isOver) return;
    this.#stop();
    void this.#connection.end().catch((error: unknown) => error);
    this.#events.lost(cause);
  }
}

interface Heartbeat {
  is_known: boolean;
  all_others: number[];
  gone: number[];
}

interface TaskRow {
  id: string;
  instance_id: string;
  execution_id: string;
  task_id: number;
  name: string;
  input: string | null;
}

/** Class 22: the statement was understood, a value in it was not. */
const isRefusedData = (error: unknown): boolean => isAnswer(error) && error.code?.startsWith('22') === true;
/** The statement took longer than it may, and has left no trace. */
const isGivenUp = (error: unknown): boolean => isAnswer(error) && error.code === '57014';

const columnsOf = (alias: string): string => instanceColumns.map((column) => `${alias}.${column}`).join(', ');

const heartbeat = `WITH own AS (
  UPDATE durable.worker SET heartbeat_at = now() WHERE id = $1 RETURNING id
),
other AS (
  SELECT w.id, (l.objid IS NULL OR w.heartbeat_at < now() - $3::int * interval '1 millisecond') AS is_gone
  FROM durable.worker w
  LEFT JOIN pg_locks l ON l.locktype = 'advisory' AND l.classid = $2::int::oid AND l.objid = w.id::oid
    AND l.objsubid = 2 AND l.granted
    AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database())
  WHERE w.id <> $1
)
SELECT EXISTS (SELECT FROM own) AS is_known, ARRAY (SELECT id FROM other) AS all_others, ARRAY (SELECT id FROM other
  WHERE is_gone) AS gone`;

const takeOver = `WITH left_behind AS (
  SELECT id FROM durable.instance WHERE owner = ANY ($2::int[]) LIMIT $3 FOR UPDATE SKIP LOCKED
)
UPDATE durable.instance i SET owner = $1 FROM left_behind l WHERE i.id = l.id RETURNING ${columnsOf('i')}`;

const removeWorkers = `
DELETE FROM durable.worker w
WHERE w.id = ANY ($1::int[]) AND NOT EXISTS (SELECT FROM durable.instance WHERE owner = w.id)`;

const claim = `WITH due AS (
  SELECT DISTINCT first.instance_id FROM (
    SELECT m.instance_id FROM durable.message m JOIN durable.instance i ON i.id = m.instance_id
    WHERE NOT m.deferred AND m.visible_at <= now() AND i.owner IS NULL
    ORDER BY m.visible_at LIMIT $2
  ) AS first
),
free AS (
  SELECT i.id FROM durable.instance i JOIN due ON due.instance_id = i.id
    WHERE i.owner IS NULL FOR UPDATE OF i SKIP LOCKED
)
UPDATE durable.instance i SET owner = $1 FROM free WHERE i.id = free.id RETURNING ${columnsOf('i')}`;

const dueForOwner = `SELECT m.id, m.instance_id, m.execution_id, m.body FROM durable.message m JOIN durable.instance i
  ON i.id = m.instance_id
WHERE i.owner = $1 AND NOT m.deferred AND m.visible_at <= now() AND m.id <> ALL ($2::bigint[])
  ORDER BY m.visible_at, m.id LIMIT 2000`;

const inboxes = `SELECT id, instance_id, execution_id, body FROM durable.message WHERE instance_id = ANY ($1)
  AND visible_at <= now() ORDER BY visible_at, id`;

const histories =
  'SELECT instance_id, events FROM durable.history WHERE instance_id = ANY ($1) ORDER BY instance_id, turn';

const whatIsNext = `SELECT EXISTS (SELECT FROM durable.task WHERE owner IS NULL) AS has_tasks,
  (SELECT min(visible_at) FROM durable.message WHERE NOT deferred AND visible_at > now()) AS next_due`;

const startHere = `WITH ${instancesBegin('$2::int')} SELECT id FROM born`;

const takeTasks = `WITH waiting AS (
  SELECT id FROM durable.task WHERE owner IS NULL ORDER BY id LIMIT $2 FOR UPDATE SKIP LOCKED
)
UPDATE durable.task t SET owner = $1 FROM waiting w WHERE t.id = w.id RETURNING t.id, t.instance_id, t.execution_id,
  t.task_id, t.name, t.input`;

const finishTasks = `WITH done AS (
  DELETE FROM durable.task t USING json_to_recordset($1::json) AS o (row_id bigint)
    WHERE t.id = o.row_id AND t.owner = $2::int RETURNING t.id
),
${sendOutgoing(`SELECT o.* FROM json_to_recordset($1::json) AS o (row_id bigint, ${outgoingColumns})
  WHERE o.row_id IN (SELECT id FROM done)`)}
SELECT`;
