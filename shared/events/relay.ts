import type { Database, Queryable } from '../kernel/database/database.ts';
import type { CloudEvent } from './cloud-event.ts';
import { chainStart, sealOf, toCloudEvent, type EventRow } from './event-row.ts';
import { topicOf } from './event-type.ts';
import { lockRelay, waitingRows, writeSeals } from './outbox.db.ts';

/** Where sealed events go: Kafka, or the embedded bus in the same database. */
export interface Publisher {
  /** Hands events over in order. What it does through `tx` commits with the sealing. */
  publish(tx: Queryable, records: readonly { topic: string; key: string; event: CloudEvent }[]): Promise<void>;
}

export interface Relay {
  /**
   * Soon: seals and publishes what is waiting. Cheap to call after every commit. Resolves when nothing is under way;
   * whoever only kicks need not wait.
   */
  kick(): Promise<void>;
  /** Until nothing waits. Answers how many events were passed on. */
  drain(): Promise<number>;
}

/** Told when events were sealed. */
export const sealedNotice = 'event_sealed';

const batchSize = 500;

/**
 * The outbox relay: gives each committed event its place in the hash chain and passes it on, in commit order.
 * One at a time across all processes; a crash between two batches loses nothing and repeats nothing in the
 * embedded bus (one commit), and repeats at most a batch towards Kafka, where consumers deduplicate.
 */
export function createRelay(db: Database, publisher: Publisher, onError: (error: unknown) => void): Relay {
  let running: Promise<void> | undefined;
  let again = false;

  async function drain(): Promise<number> {
    let passed = 0;
    for (let batch = batchSize; batch === batchSize; passed += batch)
      batch = await db.transaction((tx) => relayBatch(tx, publisher));
    return passed;
  }

  async function drainAsOftenAsKicked(): Promise<void> {
    try {
      do {
        again = false;
        await drain().catch(onError);
      } while (again);
    } finally {
      running = undefined;
    }
  }

  function kick(): Promise<void> {
    again = true;
    running ??= drainAsOftenAsKicked();
    return running;
  }
  return { kick, drain };
}

async function relayBatch(tx: Queryable, publisher: Publisher): Promise<number> {
  await lockRelay(tx);
  const waiting = await waitingRows(tx, batchSize);
  const [first] = waiting;
  if (!first) return 0;
  const sealed = seal(waiting, first.headSeq ?? 0, first.headHash ?? chainStart);
  await writeSeals(
    tx,
    sealed,
    waiting.map(({ position }) => position),
  );
  await publisher.publish(
    tx,
    sealed.map((row) => ({ topic: topicOf(row.type), key: row.partition_key, event: toCloudEvent(row) })),
  );
  tx.notify(sealedNotice);
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
