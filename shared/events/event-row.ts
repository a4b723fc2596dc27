import { createHash } from 'node:crypto';
import { z } from 'zod';
import { inOneOrder } from '../kernel/digest.ts';
import type { CloudEvent } from './cloud-event.ts';

/** A row of the log as read back. */
export const EventRow = z.object({
  id: z.string(),
  type: z.string(),
  source: z.string(),
  subject: z.string(),
  time: z.string(),
  partition_key: z.string(),
  tenant_id: z.string().nullable(),
  datacenter_id: z.string().nullable(),
  data: z.record(z.string(), z.unknown()),
  seq: z.number().int().nullable(),
  prev_hash: z.string().nullable(),
  hash: z.string().nullable(),
});
export type EventRow = z.infer<typeof EventRow>;
export const eventColumns =
  'id, type, source, subject, time, partition_key, tenant_id, datacenter_id, data, seq, prev_hash, hash';

export const toCloudEvent = (row: EventRow): CloudEvent => ({
  specversion: '1.0',
  id: row.id,
  type: row.type,
  source: row.source,
  subject: row.subject,
  time: row.time,
  datacontenttype: 'application/json',
  partitionkey: row.partition_key,
  ...(row.seq !== null && { sequence: String(row.seq).padStart(16, '0') }),
  ...(row.tenant_id !== null && { tenantid: row.tenant_id }),
  ...(row.datacenter_id !== null && { datacenterid: row.datacenter_id }),
  data: row.data,
});

export const chainStart = '0'.repeat(64);

/** SHA-256 over the previous hash and everything the event says, keys in one order: any later change shows. */
export function sealOf(row: EventRow, seq: number, previousHash: string): string {
  const said = [
    previousHash,
    seq,
    row.id,
    row.type,
    row.source,
    row.subject,
    row.time,
    row.partition_key,
    row.tenant_id,
    row.datacenter_id,
    inOneOrder(row.data),
  ];
  return createHash('sha256').update(JSON.stringify(said)).digest('hex');
}
