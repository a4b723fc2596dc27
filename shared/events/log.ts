import { isoTime, type Clock } from '../kernel/clock.ts';
import type { Queryable } from '../kernel/database/database.ts';
import { newId } from '../kernel/new-id.ts';
import type { CloudEvent } from './cloud-event.ts';
import { chainStart, sealOf, toCloudEvent } from './event-row.ts';
import { typeOf, type NewEvent } from './event-type.ts';
import { chainAfter, insertEvents, sealedRows, type EventFilter } from './log.db.ts';

export const source = '/rackline';

/** Appends to the log and the outbox, in the caller's transaction: the change and its event commit together. */
export async function appendEvents(tx: Queryable, clock: Clock, events: readonly NewEvent[]): Promise<void> {
  if (events.length === 0) return;
  const rows = events.map((each) => ({
    id: newId('event', clock.now()),
    type: typeOf(each.topic),
    source,
    subject: each.subject,
    time: isoTime(clock.now()),
    partition_key: each.partitionKey ?? each.subject,
    tenant_id: each.tenantId ?? null,
    datacenter_id: each.datacenterId ?? null,
    data: each.data,
  }));
  await insertEvents(tx, rows);
}

/** Sealed events in chain order. */
export const readEvents = async (db: Queryable, filter: EventFilter): Promise<CloudEvent[]> =>
  (await sealedRows(db, filter)).map(toCloudEvent);

/** Walks the whole chain. Answers how many events hold, and the first that does not. */
export async function verifyChain(
  db: Queryable,
): Promise<{ verified: number; brokenAt?: { sequence: number; eventId: string } }> {
  let previous = chainStart;
  let verified = 0;
  for (;;) {
    const rows = await chainAfter(db, verified);
    if (rows.length === 0) return { verified };
    for (const row of rows) {
      const expected = verified + 1;
      if (row.seq !== expected || row.prev_hash !== previous || row.hash !== sealOf(row, expected, previous))
        return { verified, brokenAt: { sequence: expected, eventId: row.id } };
      previous = row.hash;
      verified = expected;
    }
  }
}
