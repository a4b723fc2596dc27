import { z } from 'zod';
import { isoTime, type Clock } from '../kernel/clock.ts';
import type { Queryable } from '../kernel/database/database.ts';
import { newId } from '../kernel/new-id.ts';
import type { CloudEvent } from './cloud-event.ts';
import { chainStart, eventColumns, EventRow, sealOf, toCloudEvent } from './event-row.ts';
import { typeOf, type NewEvent } from './event-type.ts';

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
  await tx.run(
    `WITH logged AS (
       INSERT INTO event_log (id, type, source, subject, time, partition_key, tenant_id, datacenter_id, data)
       SELECT id, type, source, subject, time, partition_key, tenant_id, datacenter_id, data
       FROM jsonb_to_recordset($1) AS e (id text, type text, source text, subject text, time timestamptz,
         partition_key text, tenant_id text, datacenter_id text, data jsonb)
       RETURNING id)
     INSERT INTO outbox (event_id) SELECT id FROM logged ORDER BY id`,
    [JSON.stringify(rows)],
  );
}

export interface EventFilter {
  /** Only what was sealed after this place in the chain. */
  after?: number;
  subject?: string;
  /** Only these: all of some types, those of others about one tenant, those of others in some datacenters. */
  readable?: {
    all: readonly string[];
    tenant: { id: string | undefined; types: readonly string[] };
    datacenters: { ids: readonly string[]; types: readonly string[] };
  };
  limit: number;
}

/** Sealed events in chain order. */
export async function readEvents(db: Queryable, filter: EventFilter): Promise<CloudEvent[]> {
  const { readable } = filter;
  const rows = await db.many(
    EventRow,
    `SELECT ${eventColumns} FROM event_log
     WHERE seq > $1 AND ($2::text IS NULL OR subject = $2)
       AND ($3::text[] IS NULL OR type = ANY ($3) OR (tenant_id = $4 AND type = ANY ($5)) OR (datacenter_id = ANY ($6)
         AND type = ANY ($7)))
     ORDER BY seq LIMIT $8`,
    [
      filter.after ?? 0,
      filter.subject ?? null,
      readable?.all ?? null,
      readable?.tenant.id ?? null,
      readable?.tenant.types ?? null,
      readable?.datacenters.ids ?? null,
      readable?.datacenters.types ?? null,
      filter.limit,
    ],
  );
  return rows.map(toCloudEvent);
}

export const lastSequence = async (db: Queryable): Promise<number> =>
  (await db.maybe(z.object({ seq: z.number().nullable() }), 'SELECT max(seq) AS seq FROM event_log'))?.seq ?? 0;

/** Walks the whole chain. Answers how many events hold, and the first that does not. */
export async function verifyChain(
  db: Queryable,
): Promise<{ verified: number; brokenAt?: { sequence: number; eventId: string } }> {
  let previous = chainStart;
  let verified = 0;
  for (;;) {
    const rows = await db.many(
      EventRow,
      `SELECT ${eventColumns} FROM event_log WHERE seq > $1 ORDER BY seq LIMIT 1000`,
      [verified],
    );
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
