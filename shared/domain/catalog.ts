import { z } from 'zod';
import { State, states, type StateInfo } from '../lifecycle/states.ts';
import { BmcReading, EdgeReport } from './edge/edge.api.ts';

const order = { orderId: z.string(), tenantId: z.string(), datacenterId: z.string() };

/** What every change of a server's state says. */
export const AssetChanged = z.object({
  serverId: z.string(),
  from: State.nullable(),
  to: State,
  cause: z.string(),
  version: z.number().int(),
  datacenterId: z.string(),
  tenantId: z.string().nullable(),
  orderId: z.string().nullable(),
  serial: z.string().nullable(),
  sagaId: z.string().nullable(),
  actor: z.string(),
  reason: z.string().nullable(),
});
export type AssetChanged = z.infer<typeof AssetChanged>;

const assetTopics = Object.fromEntries(
  (Object.values(states) as StateInfo[]).map(({ topic }) => [topic, AssetChanged]),
) as Record<(typeof states)[State]['topic'], typeof AssetChanged>;

/** Every kind of event, by topic, with the shape of its data. Schemas only grow; a breaking change is a new topic. */
export const catalog = {
  ...assetTopics,
  /** Something a datacenter saw of a server that moves it nowhere: told for who reads its history. */
  'assets.observed': z.object({
    serverId: z.string(),
    datacenterId: z.string(),
    kind: z.enum(['boot', 'oddity', 'work']),
    what: z.string(),
    detail: z.record(z.string(), z.unknown()),
  }),
  'assets.failed': z.object({
    serverId: z.string(),
    state: State,
    condition: z.string(),
    because: z.string(),
    datacenterId: z.string(),
  }),

  'assets.quarantine_lifted': z.object({ serverId: z.string(), by: z.string(), reason: z.string() }),
  /** Findings were opened, resolved or waived. `major`: those that keep the server from going on. */
  'assets.findings_changed': z.object({
    serverId: z.string(),
    open: z.number().int(),
    major: z.number().int(),
    waived: z.number().int(),
  }),
  'assets.finding_waived': z.object({
    serverId: z.string(),
    findingId: z.string(),
    kind: z.string(),
    place: z.string(),
    by: z.string(),
    reason: z.string(),
  }),

  'orders.created': z.object({
    ...order,
    lines: z.array(z.object({ quantity: z.number().int(), config: z.record(z.string(), z.string()) })),
    requestedBy: z.string(),
  }),
  'orders.inventory_checked': z.object({ ...order, reserved: z.array(z.string()), missing: z.number().int() }),
  'orders.quote_requested': z.object({ ...order, quoteId: z.string(), vendor: z.string() }),
  'orders.quote_received': z.object({
    ...order,
    quoteId: z.string(),
    vendor: z.string(),
    totalMinor: z.number().int(),
    currency: z.string(),
  }),
  'orders.purchase_approved': z.object({
    ...order,
    quoteId: z.string(),
    decidedBy: z.string(),
    reason: z.string().nullable(),
  }),
  'orders.shipped': z.object({
    ...order,
    shipmentId: z.string(),
    carrier: z.string(),
    trackingNumber: z.string(),
    estimatedArrival: z.string().nullable(),
    servers: z.array(z.string()),
  }),
  'orders.fulfilled': z.object({ ...order, servers: z.array(z.string()) }),
  'orders.cancelled': z.object({ ...order, because: z.string() }),
  'orders.failed': z.object({ ...order, because: z.string() }),

  'approvals.requested': z.object({
    approvalId: z.string(),
    kind: z.string(),
    subject: z.string(),
    summary: z.string(),
    dueAt: z.string(),
  }),
  'approvals.decided': z.object({
    approvalId: z.string(),
    kind: z.string(),
    subject: z.string(),
    decision: z.enum(['approved', 'rejected']),
    decidedBy: z.string(),
  }),
  'tasks.opened': z.object({
    taskId: z.string(),
    kind: z.string(),
    title: z.string(),
    datacenterId: z.string(),
    serverId: z.string().nullable(),
    dueAt: z.string(),
  }),
  'tasks.completed': z.object({
    taskId: z.string(),
    kind: z.string(),
    datacenterId: z.string(),
    serverId: z.string().nullable(),
    completedBy: z.string(),
  }),
  'sagas.stuck': z.object({
    sagaId: z.string(),
    name: z.string(),
    step: z.string(),
    because: z.string(),
    held: z.array(z.string()),
  }),
  'sagas.decided': z.object({
    sagaId: z.string(),
    verb: z.enum(['retry', 'skip', 'give-up']),
    by: z.string(),
    reason: z.string(),
  }),
  'sagas.cancel_requested': z.object({ sagaId: z.string(), by: z.string(), reason: z.string() }),
  'sagas.ended': z.object({
    sagaId: z.string(),
    name: z.string(),
    state: z.enum(['done', 'failed', 'cancelled']),
    because: z.string().nullable(),
  }),

  /** On the bus only. What it changes is told by an event of its own. */
  'edge.reported': EdgeReport,
  'edge.readings': z.object({ datacenter: z.string(), readings: z.array(BmcReading) }),

  'edge.agent_enrolled': z.object({
    agentId: z.string(),
    datacenterId: z.string(),
    version: z.string(),
    from: z.string(),
  }),
  'edge.agent_revoked': z.object({ agentId: z.string(), datacenterId: z.string(), by: z.string(), reason: z.string() }),
  'firmware.update_started': z.object({
    serverId: z.string(),
    component: z.string(),
    from: z.string(),
    to: z.string(),
  }),
  'firmware.update_completed': z.object({ serverId: z.string(), component: z.string(), version: z.string() }),
  'firmware.update_failed': z.object({ serverId: z.string(), component: z.string(), because: z.string() }),
  'health.alert_critical': z.object({ serverId: z.string(), what: z.string(), since: z.string() }),
  'health.alert_warning': z.object({ serverId: z.string(), what: z.string(), since: z.string() }),
  'tenant.server_delivered': z.object({ serverId: z.string(), orderId: z.string(), tenantId: z.string() }),
} as const satisfies Record<string, z.ZodType>;

export type Topic = keyof typeof catalog;
export type EventData<T extends Topic> = z.infer<(typeof catalog)[T]>;

export const topics = Object.keys(catalog) as Topic[];
export const typeOf = (topic: string): string => `com.rackline.${topic}`;
export const topicOf = (type: string): string => type.slice('com.rackline.'.length);
