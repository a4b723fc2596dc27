import type { Client } from 'pg';
import type { HostLog } from '../../core/log.ts';
import { waitUntil, type Time } from '../../core/time.ts';
import type { Connections } from '../../postgres/connections.ts';
import type { EventStore, StoredRecord } from '../event/event-store.ts';
import type { HostConnection } from './host-connection.ts';

interface Row {
  at: number;
  published_at: Date;
  key: string | null;
  value: string;
  headers: [string, string][];
}

/** Notifications tell of new records at once; this is for one lost with the process that committed. Milliseconds. */
const refreshMilliseconds = 5_000;

export interface EventStoreParts {
  pool: Connections;
  connection: HostConnection;
  /** Tells all replicas, this one too: `topic/<name>/<partition>`. */
  notify: (what: string) => void;
  /** On a connection of its own, without the time limit of statements. */
  withoutTimeLimit: (work: (client: Client) => Promise<number>) => Promise<number>;
  time: Time;
  log: HostLog;
}

/** A position that is forgotten is a record delivered twice, which consumers expect: not worth waiting for the disk. */
const commitPosition = `
  WITH relaxed AS (SELECT set_config('synchronous_commit', 'off', true))
  INSERT INTO runtime.consumer_position (consumer_group, topic, partition, next_offset) SELECT $1, $2, $3, $4
    FROM relaxed
  ON CONFLICT (consumer_group, topic, partition) DO UPDATE SET next_offset = excluded.next_offset`;

/** Old enough, and read by every group that reads the topic today. */
const forgetOld = `
  DELETE FROM runtime.record AS record WHERE published_at < clock_timestamp() - $1 * interval '1 millisecond'
    AND NOT EXISTS (
    SELECT FROM unnest($2::text[], $3::text[]) AS reader (topic, consumer_group) LEFT
      JOIN runtime.consumer_position AS position
      ON position.topic = reader.topic AND position.consumer_group = reader.consumer_group
        AND position.partition = record.partition
    WHERE reader.topic = record.topic AND coalesce(position.next_offset, 0) <= record.record_offset)`;

/** The embedded bus in PostgreSQL. Positions are written on the connection whose lock says that we may. */
export function createPostgresEventStore({
  pool,
  connection,
  notify,
  withoutTimeLimit,
  time,
  log,
}: EventStoreParts): EventStore {
  const listeners = new Map<string, (() => void)[]>();
  const ends = new Map<string, string>();
  let watching = new AbortController();

  const onNotified = (place: string) => listeners.get(place)?.forEach((each) => each());
  const findLongerPartitions = async () => {
    for (const { place, next_offset } of await connection.query<{ place: string; next_offset: string }>(
      "SELECT topic || '/' || partition AS place, next_offset::text FROM runtime.topic_partition",
    )) {
      if (ends.get(place) === next_offset) continue;
      ends.set(place, next_offset);
      onNotified(place);
    }
  };
  const watch = async (signal: AbortSignal) => {
    while (!signal.aborted) {
      await waitUntil(time, time.now() + refreshMilliseconds, signal);
      if (!signal.aborted)
        await findLongerPartitions().catch((error: unknown) =>
          log.debug({ err: error }, 'could not poll for new records'),
        );
    }
  };

  connection.onNotification('topic', onNotified);
  connection.use({
    up: async () => {
      await findLongerPartitions();
      watching = new AbortController();
      void watch(watching.signal);
    },
    down: () => watching.abort(),
  });

  return {
    publish: async (records, transaction) => {
      if (records.length === 0) return;
      const values = [JSON.stringify(records)];
      // notified by the commit itself, which alone is in time
      if (transaction) return void (await transaction.query('SELECT runtime.publish($1::jsonb)', values));
      const { rows } = await pool.query<{ payload: string }>('SELECT payload FROM runtime.append($1::jsonb)', values);
      for (const { payload } of rows) notify(payload);
    },
    openTopic: async (topic, partitions) =>
      (await pool.query<{ partitions: number }>('SELECT runtime.open_topic($1, $2) AS partitions', [topic, partitions]))
        .rows[0]?.partitions ?? partitions,
    read: async (topic, partition, fromOffset, most) => {
      const { rows } = await pool.query<Row>({
        name: 'read-records',
        text:
          'SELECT record_offset::float8 AS at, published_at, key, value, headers FROM runtime.record WHERE ' +
          'topic = $1 AND partition = $2 AND record_offset >= $3 ORDER BY record_offset LIMIT $4',
        values: [topic, partition, fromOffset, most],
      });
      return rows.map((row): StoredRecord => ({
        topic,
        partition,
        offset: row.at,
        publishedAt: row.published_at.getTime(),
        key: row.key,
        value: row.value,
        headers: row.headers,
      }));
    },
    position: async ({ group, topic, partition }) => {
      const [row] = await connection.query<{ next_offset: string }>(
        'SELECT next_offset::text FROM runtime.consumer_position WHERE consumer_group = $1 AND topic = $2 ' +
          'AND partition = $3',
        [group, topic, partition],
      );
      return Number(row?.next_offset ?? 0);
    },
    commit: async ({ group, topic, partition }, nextOffset) =>
      void (await connection.query(commitPosition, [group, topic, partition, nextOffset])),
    onArrival: (topic, partition, notify) => {
      const place = `${topic}/${partition}`;
      listeners.set(place, [...(listeners.get(place) ?? []), notify]);
    },
    forget: async (olderThan, groups) => {
      const readers = [...groups].flatMap(([topic, names]) => names.map((group) => ({ topic, group })));
      return withoutTimeLimit(
        async (client) =>
          (
            await client.query(forgetOld, [
              olderThan,
              readers.map(({ topic }) => topic),
              readers.map(({ group }) => group),
            ])
          ).rowCount ?? 0,
      );
    },
  };
}
