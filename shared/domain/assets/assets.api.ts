import { z } from 'zod';
import { MacText } from '../../facts/mac.ts';
import { ServerConfig, ServerFacts } from '../../facts/server.ts';
import { DatacenterId } from '../../kernel/ids.ts';
import { Reason } from '../../kernel/text.ts';
import { HealthView } from '../health/health.api.ts';
import { FindingView } from '../validation/findings.api.ts';

export const AssetView = z.object({
  id: z.string(),
  state: z.string(),
  stateSince: z.string(),
  version: z.number(),
  condition: z.string(),
  conditionDetail: z.record(z.string(), z.unknown()),
  conditionSince: z.string(),
  proofs: z.array(z.string()),
  origin: z.string(),
  datacenterId: z.string(),
  orderId: z.string().nullable(),
  tenantId: z.string().nullable(),
  config: ServerConfig,
  manufacturer: z.string().nullable(),
  model: z.string().nullable(),
  serial: z.string().nullable(),
  bmcMac: z.string().nullable(),
  macs: z.array(z.string()),
  bmcAddress: z.string().nullable(),
  rackName: z.string().nullable(),
  rackUnit: z.number().nullable(),
  disposition: z.string().nullable(),
  createdAt: z.string(),
  updatedAt: z.string(),
  stage: z.string(),
  owner: z.string(),
  next: z.string(),
  /** When the state's time is up; null where it may rest. */
  leaveBy: z.string().nullable(),
});
export type AssetView = z.infer<typeof AssetView>;

/** `health`: null where its management controller was never looked at. */
export const AssetDetail = AssetView.extend({
  facts: ServerFacts.nullable(),
  measured: ServerFacts.nullable(),
  findings: z.array(FindingView),
  health: HealthView.nullable(),
});
export type AssetDetail = z.infer<typeof AssetDetail>;
/** What operations may do about a server. Each act says why, and is in the audit log and among the server's events. */
export const AssetAction = z.discriminatedUnion('action', [
  z.object({ action: z.literal('waive-finding'), findingId: z.string(), reason: Reason }),
  /** Out of quarantine. */
  z.object({ action: z.literal('release'), reason: Reason }),
]);
export type AssetAction = z.infer<typeof AssetAction>;
export const HistoryEntry = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('state'),
    at: z.string(),
    from: z.string().nullable(),
    to: z.string(),
    cause: z.string(),
    actor: z.string(),
    reason: z.string().nullable(),
    sagaId: z.string().nullable(),
    eventId: z.string(),
  }),
  /** What its datacenter saw of it: a boot, something odd, the end of work in the validation image. */
  z.object({ kind: z.enum(['boot', 'anomaly', 'image-job']), at: z.string(), what: z.string(), eventId: z.string() }),
]);
export type HistoryEntry = z.infer<typeof HistoryEntry>;
export const AdoptAsset = z.object({
  /** Where it is: on a shelf, or already serving a tenant. */
  as: z.enum(['stock', 'in-service']),
  datacenter: DatacenterId,
  serial: z.string().trim().min(1),
  manufacturer: z.string().trim().min(1),
  model: z.string().trim().min(1),
  bmcMac: MacText,
  macs: z.array(MacText).min(1).max(32),
  config: ServerConfig,
});

/** A server as its tenant sees it: what it is and how it does, nothing of how we run it. */
export const ServerView = z.object({
  id: z.string(),
  state: z.string(),
  stateSince: z.string(),
  condition: z.string(),
  datacenterId: z.string(),
  orderId: z.string().nullable(),
  tenantId: z.string().nullable(),
  manufacturer: z.string().nullable(),
  model: z.string().nullable(),
  serial: z.string().nullable(),
  config: ServerConfig,
  version: z.number(),
});
export type ServerView = z.infer<typeof ServerView>;
