import { z } from 'zod';
import type { Queryable } from '../kernel/database/database.ts';
import { eventColumns, EventRow } from './event-row.ts';

/** A row that has no place in the chain yet. */
export type NewRow = Omit<EventRow, 'seq' | 'prev_hash' | 'hash' | 'data'> & { data: object };

/** Into the log and the outbox. */
export const insertEvents = (tx: Queryable, rows: readonly NewRow[]): Promise<number> =>
  tx.run(
    `WITH logged AS (
       INSERT INTO event_log (id, type, source, subject, time, partition_key, tenant_id, datacenter_id, data)
       SELECT id, type, source, subject, time, partition_key, tenant_id, datacenter_id, data
       FROM jsonb_to_recordset($1) AS e (id text, type text, source text, subject text, time timestamptz,
         partition_key text, tenant_id text, datacenter_id text, data jsonb)
       RETURNING id)
     INSERT INTO outbox (event_id) SELECT id FROM logged ORDER BY id`,
    [JSON.stringify(rows)],
  );

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

/** Sealed rows in chain order. */
export const sealedRows = (db: Queryable, { after, subject, readable, limit }: EventFilter): Promise<EventRow[]> =>
  db.many(
    EventRow,
    `SELECT ${eventColumns} FROM event_log
     WHERE seq > $1 AND ($2::text IS NULL OR subject = $2)
       AND ($3::text[] IS NULL OR type = ANY ($3) OR (tenant_id = $4 AND type = ANY ($5)) OR (datacenter_id = ANY ($6)
         AND type = ANY ($7)))
     ORDER BY seq LIMIT $8`,
    [
      after ?? 0,
      subject ?? null,
      readable?.all ?? null,
      readable?.tenant.id ?? null,
      readable?.tenant.types ?? null,
      readable?.datacenters.ids ?? null,
      readable?.datacenters.types ?? null,
      limit,
    ],
  );

/** The next rows of the chain after this place. */
export const chainAfter = (db: Queryable, seq: number): Promise<EventRow[]> =>
  db.many(EventRow, `SELECT ${eventColumns} FROM event_log WHERE seq > $1 ORDER BY seq LIMIT 1000`, [seq]);

const Highest = z.object({ seq: z.number().nullable() });
/** The last place in the chain; 0 while it is empty. */
export const lastSequence = async (db: Queryable): Promise<number> =>
  (await db.maybe(Highest, 'SELECT max(seq) AS seq FROM event_log'))?.seq ?? 0;
