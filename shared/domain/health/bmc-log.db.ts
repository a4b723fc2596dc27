import { createHash } from 'node:crypto';
import { z } from 'zod';
import { Health } from '../../facts/server.ts';
import { LogReading } from '../../facts/telemetry.ts';
import type { Queryable } from '../../kernel/database/database.ts';
import { DatacenterId, ServerId, TenantId } from '../../kernel/ids.ts';
import type { BmcReading, LogExcerpt } from './bmc-reading.ts';

const Gap = LogReading.shape.gap.unwrap();
export const BmcLogEntry = z.object({
  sequence: z.number(),
  readAt: z.string(),
  at: z.string().nullable(),
  severity: Health,
  message: z.string(),
  code: z.string().nullable(),
  action: z.string().nullable(),
  gap: Gap.nullable(),
});
export type BmcLogEntry = z.infer<typeof BmcLogEntry>;

/**
 * Kept of each server: more than controllers keep themselves, and an end to what one that never stops logging can fill.
 */
const keptEntries = 1000;
const missing = {
  cleared: 'Entries are missing here: the log was cleared.',
  overwritten: 'Entries are missing here: the log was full and has written over them.',
  'too-many': 'Entries are missing here: there were more than are read at once.',
} as const satisfies Record<z.infer<typeof Gap>, string>;

/** The newest first. `before`: the sequence of the last one seen. */
export const bmcLogOf = (
  db: Queryable,
  serverId: ServerId,
  { limit, before }: { limit: number; before?: number | undefined },
): Promise<BmcLogEntry[]> =>
  db.many(
    BmcLogEntry,
    'SELECT sequence, read_at AS "readAt", at, severity, message, code, action, gap FROM bmc_log_entry ' +
      'WHERE server_id = $1 AND ($2::bigint IS NULL OR sequence < $2) ORDER BY sequence DESC LIMIT $3',
    [serverId, before ?? null, limit],
  );

const Fresh = z.object({
  serverId: ServerId,
  datacenterId: DatacenterId,
  tenantId: TenantId.nullable(),
  message: z.string(),
  since: z.string(),
  criticalAt: z.string().nullable(),
});
export type CriticalEntry = z.infer<typeof Fresh>;

/**
 * Takes over what the logs of this datacenter's servers have gained. What is told again adds nothing, and neither does
 * what is told of servers elsewhere. Answers the critical entries among what is new, but for what stood in a log before
 * it was followed. Call it when the readings themselves are recorded.
 */
export async function recordLogs(
  tx: Queryable,
  datacenterId: string,
  readings: readonly BmcReading[],
): Promise<CriticalEntry[]> {
  const read = readings.flatMap((reading) =>
    'log' in reading && reading.log ? [{ serverId: reading.serverId, at: reading.at, log: reading.log }] : [],
  );
  if (read.length === 0) return [];
  const critical = await tx.many(
    Fresh,
    `WITH fresh AS (
       INSERT INTO bmc_log_entry (server_id, read_at, at, severity, message, code, action, gap, digest)
       SELECT r.server_id, r.read_at, r.at, r.severity, r.message, r.code, r.action, r.gap, decode(r.digest, 'hex')
       FROM jsonb_to_recordset($2) AS r (place int, server_id text, read_at timestamptz, at timestamptz, severity text,
         message text, code text, action text, gap text, digest text)
       JOIN asset ON asset.id = r.server_id AND asset.datacenter_id = $1
       ORDER BY r.place
       ON CONFLICT (server_id, digest) DO NOTHING
       RETURNING server_id, sequence, severity, message, COALESCE(at, read_at) AS since
     )
     SELECT fresh.server_id AS "serverId", asset.datacenter_id AS "datacenterId", asset.tenant_id AS "tenantId",
       message, since, h.critical_at AS "criticalAt"
     FROM fresh JOIN asset ON asset.id = fresh.server_id JOIN bmc_health AS h ON h.server_id = fresh.server_id
       AND h.log_since IS NOT NULL
     WHERE severity = 'critical' ORDER BY sequence`,
    [
      datacenterId,
      JSON.stringify(
        read.flatMap(({ serverId, at, log }) => rowsOf(serverId, at, log)).map((row, place) => ({ place, ...row })),
      ),
    ],
  );
  const servers = [...new Set(read.map(({ serverId }) => serverId))];
  await tx.run(
    'UPDATE bmc_health AS h SET log_since = h.looked_at FROM asset WHERE asset.id = h.server_id AND ' +
      'asset.datacenter_id = $1 AND h.server_id = ANY ($2) AND h.log_since IS NULL',
    [datacenterId, servers],
  );
  await tx.run(
    `DELETE FROM bmc_log_entry AS e USING unnest($1::text[]) AS s (id)
     WHERE e.server_id = s.id AND e.sequence <= (SELECT sequence FROM bmc_log_entry WHERE server_id = s.id
       ORDER BY sequence DESC OFFSET $2 LIMIT 1)`,
    [servers, keptEntries],
  );
  return critical;
}

function rowsOf(serverId: string, readAt: string, { entries, gap }: LogExcerpt) {
  const row = (
    words: {
      at?: string | undefined;
      severity: Health;
      message: string;
      code?: string | undefined;
      action?: string | undefined;
      gap?: string;
    },
    known: readonly (string | undefined)[],
  ) => ({
    server_id: serverId,
    read_at: readAt,
    ...words,
    digest: createHash('sha256').update(JSON.stringify(known)).digest('hex'),
  });
  return [
    ...(gap === undefined ? [] : [row({ severity: 'unknown' as const, message: missing[gap], gap }, [readAt, gap])]),
    // Where there is no date the number has to tell one entry from another.
    ...entries.map(({ id, at, severity, message, code, action }) =>
      row({ at, severity, message, code, action }, [at ?? `#${id}`, code, message]),
    ),
  ];
}
