import type { HostLog } from '../../core/log.ts';
import type { Connections } from '../../postgres/connections.ts';
import type { QueueMessage, QueueStore } from '../queue/queue-store.ts';
import type { HostConnection } from './host-connection.ts';
import { livingReplicas, type Replicas } from './replicas.ts';

interface Row {
  id: string;
  body: string;
  dequeue_count: number;
  inserted_at: Date;
}

/** The milliseconds until the first hidden message shows, by the database's clock. Null: there is none. */
const untilNext =
  'SELECT ceil(extract(epoch FROM min(visible_at) - clock_timestamp()) * 1000)::float8 AS wait FROM ' +
  'runtime.queue_message WHERE queue = $1 AND taken_by IS NULL';

const take = `
  UPDATE runtime.queue_message SET taken_by = $3, dequeue_count = dequeue_count + 1
  WHERE id IN (
    SELECT id FROM runtime.queue_message WHERE queue = $1 AND taken_by IS NULL AND visible_at <= clock_timestamp()
    ORDER BY visible_at, id LIMIT $2 FOR UPDATE SKIP LOCKED
  ) RETURNING id::text, body, dequeue_count, inserted_at`;

/** Ours still: not taken over by others after they believed us dead. */
const mine = 'id = $1 AND taken_by = $2 AND dequeue_count = $3';

/** Queues in PostgreSQL. A taken message is known by the replica that took it; when that dies, it is free again. */
export function createPostgresQueueStore(
  pool: Connections,
  connection: HostConnection,
  replicas: Replicas,
  notify: (what: string) => void,
  log: HostLog,
): QueueStore {
  const listeners = new Map<string, (() => void)[]>();
  const onNotified = (queue: string) => listeners.get(queue)?.forEach((each) => each());
  const announce = (queue: string) => notify(`queue/${queue}`);

  const freeMessagesOfTheDead = async () => {
    const freed = await connection.query<{ queue: string }>(
      `WITH freed AS (UPDATE runtime.queue_message SET taken_by = NULL WHERE taken_by IS NOT NULL
        AND taken_by NOT IN (${livingReplicas}) RETURNING queue)
       SELECT DISTINCT queue FROM freed`,
    );
    for (const { queue } of freed) {
      announce(queue);
      log.info({ queue }, 'messages of a replica that is gone are free again');
    }
  };

  connection.onNotification('queue', onNotified);
  replicas.onRefresh(
    () =>
      void freeMessagesOfTheDead().catch((error: unknown) =>
        log.debug({ err: error }, 'could not free the messages of a replica that is gone'),
      ),
  );
  connection.use({
    up: async () => {
      await freeMessagesOfTheDead();
      for (const queue of listeners.keys()) onNotified(queue); // notifications of the meantime are lost
    },
  });

  /** Whether the message was still ours to be ended so. */
  const end = async (text: string, { id, dequeueCount }: QueueMessage, ...further: unknown[]) =>
    (await pool.query(text, [id, replicas.ownId, dequeueCount, ...further])).rowCount === 1;

  return {
    send: async (queue, bodies) => {
      await pool.query(
        'INSERT INTO runtime.queue_message (queue, body) SELECT $1, body FROM unnest($2::text[]) WITH ' +
          'ORDINALITY AS given (body, n) ORDER BY n',
        [queue, bodies],
      );
      announce(queue);
    },
    receive: async (queue, most) => {
      const taken = await pool.query<Row>(take, [queue, most, replicas.ownId]);
      const messages = taken.rows.map((row) => ({
        id: row.id,
        queue,
        body: row.body,
        dequeueCount: row.dequeue_count,
        insertedAt: row.inserted_at.getTime(),
      }));
      if (messages.length > 0) return { messages: messages.sort((a, b) => Number(a.id) - Number(b.id)) };
      const wait = (await pool.query<{ wait: number | null }>(untilNext, [queue])).rows[0]?.wait;
      return wait === null || wait === undefined ? { messages } : { messages, nextVisibleIn: Math.max(0, wait) };
    },
    remove: async (message) => void (await end(`DELETE FROM runtime.queue_message WHERE ${mine}`, message)),
    giveBack: async (message, hiddenFor) => {
      if (
        await end(
          `UPDATE runtime.queue_message SET taken_by = NULL,
            visible_at = clock_timestamp() + $4 * interval '1 millisecond' WHERE ${mine}`,
          message,
          hiddenFor,
        )
      )
        announce(message.queue);
    },
    move: async (message, target) => {
      if (
        await end(
          `UPDATE runtime.queue_message SET queue = $4, taken_by = NULL, dequeue_count = 0,
            visible_at = clock_timestamp() WHERE ${mine}`,
          message,
          target,
        )
      )
        announce(target);
    },
    onArrival: (queue, notify) => void listeners.set(queue, [...(listeners.get(queue) ?? []), notify]),
  };
}
