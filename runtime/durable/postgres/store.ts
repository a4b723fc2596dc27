import type { HostLog } from '../../core/log.ts';
import { Connections, openConnection, type TimeLimits } from '../../postgres/connections.ts';
import { createNotifier, type DatabaseNotifier } from '../../postgres/notifier.ts';
import type { EntityStatus, InstanceFilter, InstanceStatus } from '../contract/engine.ts';
import type { HistoryEvent } from '../contract/history.ts';
import { entityNameAndKey, type Instance } from '../contract/instance.ts';
import type { EntityRequest, Outgoing } from '../contract/messages.ts';
import { storableJson } from '../contract/storable.ts';
import type { MembershipEvents, Store, Membership } from '../contract/store.ts';
import { gather } from '../core/gather.ts';
import {
  finishedStatuses,
  instancesBegin,
  newInstanceRow,
  outgoingColumns,
  outgoingRow,
  plannerSettings,
  sendOutgoing,
} from './fragments.ts';
import { joinWorkers, workChannel, type PostgresMembership } from './membership.ts';
import { instanceColumns, toHistory, toStatus, type InstanceRow } from './rows.ts';

export interface PostgresStoreOptions {
  url: string;
  /** Connections beside the one a worker's membership holds. */
  maxConnections: number;
  /** After how long without a sign a worker is given up, though its connection still stands. */
  silenceMilliseconds: number;
  limits: TimeLimits;
  log: HostLog;
}

/** Instances in the schema `durable` of a PostgreSQL database. */
export class PostgresStore implements Store {
  readonly #url: string;
  readonly #log: HostLog;
  readonly #silenceMilliseconds: number;
  readonly #limits: TimeLimits;
  readonly #pool: Connections;
  readonly #notifier: DatabaseNotifier;
  readonly #send: (message: Outgoing) => Promise<void>;
  readonly #wakes = new Set<() => void>();
  #membership: PostgresMembership | undefined;

  constructor({ url, maxConnections, silenceMilliseconds, limits, log }: PostgresStoreOptions) {
    this.#url = url;
    this.#log = log;
    this.#silenceMilliseconds = silenceMilliseconds;
    this.#limits = limits;
    this.#pool = new Connections({
      url,
      name: 'durable',
      limits,
      settings: plannerSettings,
      max: maxConnections,
      onIdleError: (error) => log.debug({ err: error }, 'an idle connection of the durable store broke'),
    });
    this.#notifier = createNotifier({ url, name: 'durable notifier', limits }, (error) =>
      log.debug({ err: error }, 'other durable workers could not be notified; they poll regularly'),
    );
    this.#send = gather((messages) => this.#sendAll(messages), 500);
  }

  async join(events: MembershipEvents): Promise<Membership> {
    // What broke the membership before may have silenced every connection there was: the next one begins with new ones.
    if (this.#membership) this.#pool.renew();
    const connection = openConnection({
      url: this.#url,
      name: 'durable worker',
      limits: this.#limits,
      settings: '-c synchronous_commit=off',
    }); // nothing it writes need outlive a crash
    connection.on('error', (error) => this.#log.debug({ err: error }, 'the connection of the durable worker broke'));
    try {
      await connection.connect();
      const lost = (cause: unknown) => {
        this.#wakes.delete(events.wake);
        events.lost(cause);
      };
      const membership = await joinWorkers({
        pool: this.#pool,
        connection,
        notifyOthers: () => this.#notifier.notify(workChannel),
        events: { wake: events.wake, lost },
        log: this.#log,
        silenceMilliseconds: this.#silenceMilliseconds,
        answerMilliseconds: this.#limits.answerMilliseconds,
        previous: this.#membership?.id,
      });
      this.#membership = membership;
      this.#wakes.add(events.wake);
      return membership;
    } catch (error) {
      void connection.end().catch((cause: unknown) => cause);
      throw error;
    }
  }

  async close(): Promise<void> {
    await this.#notifier.close();
    await this.#pool.close();
  }

  async start(instance: Instance): Promise<boolean> {
    const { rowCount } = await this.#pool.query({
      name: 'durable-start',
      text: startAnywhere,
      values: [storableJson([newInstanceRow(instance)])],
    });
    this.#announce();
    return rowCount === 1;
  }

  async send(message: Outgoing): Promise<void> {
    await this.#send(message);
  }

  async revive(instanceId: string, message: Outgoing): Promise<void> {
    await this.#pool.query(reviveAndSend, [
      storableJson([outgoingRow({ ...message, toFinished: true }, 0)]),
      instanceId,
    ]);
    this.#announce();
  }

  async sendToEntity(id: string, entity: EntityRequest): Promise<void> {
    await this.#send({ to: id, executionId: null, entity });
  }

  async purge(instanceId: string): Promise<number> {
    return this.#purge('i.id = $1', [instanceId]);
  }

  async purgeWhere(filter: InstanceFilter): Promise<number> {
    const { sql, values } = conditionOf(filter);
    return this.#purge(sql, values);
  }

  async status(instanceId: string): Promise<InstanceStatus | undefined> {
    const {
      rows: [row],
    } = await this.#pool.query<InstanceRow>({
      name: 'durable-status',
      text: `SELECT ${columns} FROM durable.instance i WHERE i.id = $1 AND i.id NOT LIKE '@%'`,
      values: [instanceId],
    });
    return row && toStatus(row);
  }

  async history(instanceId: string): Promise<HistoryEvent[]> {
    const { rows } = await this.#pool.query<{ events: HistoryEvent[] }>(
      'SELECT events FROM durable.history WHERE instance_id = $1 ORDER BY turn',
      [instanceId],
    );
    return toHistory(rows);
  }

  async query(
    filter: InstanceFilter,
    page?: { size: number; after?: string },
  ): Promise<{ instances: InstanceStatus[]; next?: string }> {
    const { sql, values } = conditionOf(filter);
    const after = page?.after === undefined ? undefined : (JSON.parse(page.after) as [string, string]);
    const place = values.length;
    const from = after ? `AND (i.created_at, i.id) > ($${place + 1}::timestamptz, $${place + 2})` : '';
    const limit = page ? `LIMIT ${Math.trunc(page.size) + 1}` : '';
    const { rows } = await this.#pool.query<InstanceRow & { exactly: string }>(
      `SELECT ${columns}, i.created_at::text AS exactly FROM durable.instance i WHERE ${sql} ${from}
        ORDER BY i.created_at, i.id ${limit}`,
      [...values, ...(after ?? [])],
    );
    const shown = page ? rows.slice(0, page.size) : rows;
    const last = shown.at(-1);
    return {
      instances: shown.map(toStatus),
      ...(last && rows.length > shown.length && { next: JSON.stringify([last.exactly, last.id]) }),
    };
  }

  async readEntity(id: string): Promise<EntityStatus | undefined> {
    const {
      rows: [row],
    } = await this.#pool.query<{ state: string }>(
      'SELECT state FROM durable.instance WHERE id = $1 AND state IS NOT NULL',
      [id],
    );
    return row && { ...entityNameAndKey(id), state: row.state };
  }

  async queryEntities(name?: string): Promise<EntityStatus[]> {
    const { rows } = await this.#pool.query<{ id: string; state: string }>(
      `SELECT id, state FROM durable.instance WHERE id LIKE '@%' AND state IS NOT NULL AND ($1::text IS NULL
        OR name = $1) ORDER BY id`,
      [name ?? null],
    );
    return rows.map(({ id, state }) => ({ ...entityNameAndKey(id), state }));
  }

  async #sendAll(messages: readonly Outgoing[]): Promise<undefined[]> {
    await this.#pool.query({
      name: 'durable-send',
      text: sendMessages,
      values: [storableJson(messages.map(outgoingRow))],
    });
    this.#announce();
    return messages.map(() => undefined);
  }

  async #purge(condition: string, values: unknown[]): Promise<number> {
    const { rowCount } = await this.#pool.query(
      `WITH purged AS (DELETE FROM durable.instance i WHERE ${condition} AND i.id NOT LIKE '@%'
        AND i.status IN ${finishedStatuses} RETURNING i.id),
       histories AS (DELETE FROM durable.history h USING purged WHERE h.instance_id = purged.id),
       inboxes AS (DELETE FROM durable.message m USING purged WHERE m.instance_id = purged.id)
       SELECT id FROM purged`,
      values,
    );
    return rowCount ?? 0;
  }

  /** There is work. Workers in this process need not wait for the database to tell them. */
  #announce(): void {
    for (const wake of this.#wakes) wake();
    if (this.#membership?.others !== 0) this.#notifier.notify(workChannel);
  }
}

const columns = instanceColumns.map((column) => `i.${column}`).join(', ');

const startAnywhere = `WITH ${instancesBegin('NULL')},
nudged AS (
  INSERT INTO durable.message (instance_id, execution_id, body) SELECT id, execution_id, '{}' FROM born
)
SELECT id FROM born`;

const sendMessages = `WITH ${sendOutgoing(`SELECT * FROM json_to_recordset($1::json) AS o
  (${outgoingColumns})`)} SELECT`;

const reviveAndSend = `WITH revived AS (
  UPDATE durable.instance SET status = 'Running' WHERE id = $2 AND status = 'Failed' RETURNING id
),
${sendOutgoing(`SELECT o.* FROM revived, json_to_recordset($1::json) AS o (${outgoingColumns})`)}
SELECT`;

function conditionOf({ statuses, createdFrom, createdTo, idPrefix }: InstanceFilter): {
  sql: string;
  values: unknown[];
} {
  const values: unknown[] = [];
  const conditions = [`i.id NOT LIKE '@%'`];
  const add = (value: unknown, sql: (parameter: string) => string) => {
    if (value === undefined) return;
    values.push(value);
    conditions.push(sql(`$${values.length}`));
  };
  add(statuses, (parameter) => `i.status = ANY (${parameter}::text[])`);
  add(
    createdFrom === undefined ? undefined : new Date(createdFrom),
    (parameter) => `i.created_at >= ${parameter}::timestamptz`,
  );
  add(
    createdTo === undefined ? undefined : new Date(createdTo),
    (parameter) => `i.created_at <= ${parameter}::timestamptz`,
  );
  add(idPrefix, (parameter) => `starts_with(i.id, ${parameter})`);
  return { sql: conditions.join(' AND '), values };
}
