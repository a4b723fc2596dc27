import { z } from 'zod';
import type { Database, Queryable } from '../kernel/database/database.ts';
import { chainStart, eventColumns, EventRow, sealOf, toCloudEvent, type CloudEvent } from './cloud-event.ts';
import { topicOf } from './event-type.ts';

/** Where sealed events go: Kafka, or the embedded bus in the same database. */
export interface Publisher {
  /** Hands events over in order. What it does through `tx` commits with the sealing. */
  publish(tx: Queryable, records: readonly { topic: string; key: string; event: CloudEvent }[]): Promise<void>;
}

export interface Relay {
  /** Soon: seals and publishes what is waiting. Cheap to call after every commit. */
  kick(): void;
  /** Until nothing waits. Answers how many events were passed on. */
  drain(): Promise<number>;
}

/** Told when events were sealed. */
export const sealedNotice = 'event_sealed';

const relayLock = 7_241_906;
const batchSize = 500;

/**
 * The outbox relay: gives each committed event its place in the hash chain and passes it on, in commit order.
 * One at a time across all processes; a crash between two batches loses nothing and repeats nothing in the
 * embedded bus (one commit), and repeats at most a batch towards Kafka, where consumers deduplicate.
 */
export function createRelay(db: Database, publisher: Publisher, onError: (error: unknown) => void): Relay {
  let running: Promise<unknown> | undefined;
  let again = false;

  async function drain(): Promise<number> {
    let passed = 0;
    for (let batch = batchSize; batch === batchSize; passed += batch)
      batch = await db.transaction((tx) => relayBatch(tx, publisher));
    return passed;
  }

  function kick(): void {
    if (running) {
      again = true;
      return;
    }
    running = drain()
      .catch(onError)
      .finally(() => {
        running = undefined;
        if (again) {
          again = false;
          kick();
        }
      });
  }
  return { kick, drain };
}

async function relayBatch(tx: Queryable, publisher: Publisher): Promise<number> {
  await tx.run('SELECT pg_advisory_xact_lock($1)', [relayLock]);
  const waiting = await tx.many(
    EventRow.extend({ position: z.number() }),
    `SELECT position, ${eventColumns} FROM outbox JOIN event_log ON event_log.id = outbox.event_id ORDER BY position
      LIMIT $1`,
    [batchSize],
  );
  if (waiting.length === 0) return 0;
  const last = await tx.maybe(
    z.object({ seq: z.number(), hash: z.string() }),
    'SELECT seq, hash FROM event_log WHERE seq IS NOT NULL ORDER BY seq DESC LIMIT 1',
  );
  const sealed = seal(waiting, last?.seq ?? 0, last?.hash ?? chainStart);
  await tx.run(
    `UPDATE event_log SET seq = s.seq, prev_hash = s.prev_hash, hash = s.hash
     FROM jsonb_to_recordset($1) AS s (id text, seq bigint, prev_hash text, hash text) WHERE event_log.id = s.id`,
    [JSON.stringify(sealed.map(({ id, seq, prev_hash, hash }) => ({ id, seq, prev_hash, hash })))],
  );
  await publisher.publish(
    tx,
    sealed.map((row) => ({ topic: topicOf(row.type), key: row.partition_key, event: toCloudEvent(row) })),
  );
  tx.notify(sealedNotice);
  await tx.run('DELETE FROM outbox WHERE position = ANY ($1)', [waiting.map(({ position }) => position)]);
  return waiting.length;
}

function seal(rows: readonly EventRow[], lastSeq: number, lastHash: string): EventRow[] {
  let previous = lastHash;
  return rows.map((row, index) => {
    const seq = lastSeq + index + 1;
    const sealed = { ...row, seq, prev_hash: previous, hash: sealOf(row, seq, previous) };
    previous = sealed.hash;
    return sealed;
  });
}
