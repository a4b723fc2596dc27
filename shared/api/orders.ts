import { z } from 'zod';
import { ServerConfig } from '../facts.ts';
import { DatacenterId, TenantId } from '../ids.ts';

/** What the orders' endpoints take and answer. The portal is typed from these; nothing here runs on a server only. */
export const SubmitOrder = z
  .object({
    datacenter: DatacenterId.optional(),
    /** Where any datacenter of a region will do. */
    placement: z.object({ region: z.string().min(1) }).optional(),
    /** Staff may order for a tenant; a tenant orders for itself. */
    tenantId: TenantId.optional(),
    lines: z
      .array(z.object({ quantity: z.number().int().min(1).max(500), config: ServerConfig }))
      .min(1)
      .max(20),
  })
  .refine(({ datacenter, placement }) => (datacenter === undefined) !== (placement === undefined), {
    error: 'give either a datacenter or a placement',
    path: ['datacenter'],
  });
export type SubmitOrder = z.input<typeof SubmitOrder>;

export const OrderView = z.object({
  id: z.string(),
  tenantId: z.string(),
  datacenterId: z.string(),
  state: z.string(),
  version: z.number(),
  requestedBy: z.string(),
  sagaId: z.string(),
  endedBecause: z.string().nullable(),
  createdAt: z.string(),
  updatedAt: z.string(),
  lines: z.array(z.object({ id: z.string(), quantity: z.number(), config: ServerConfig })),
});
export type OrderView = z.infer<typeof OrderView>;

export const OrderServer = z.object({
  id: z.string(),
  state: z.string(),
  condition: z.string(),
  serial: z.string().nullable(),
  model: z.string().nullable(),
});
export const OrderDetail = OrderView.extend({
  servers: z.array(OrderServer),
  /** Null when the order can be cancelled; otherwise why it cannot. */
  cancelBlockedBecause: z.string().nullable(),
});
export type OrderDetail = z.infer<typeof OrderDetail>;

/** One of the specification's seven parts of an order. */
export const Phase = z.object({
  name: z.string(),
  state: z.enum(['done', 'current', 'next', 'taken-back', 'not-needed']),
  since: z.string().nullable(),
  until: z.string().nullable(),
  /** Who has to do something now. */
  waitingFor: z.array(z.string()),
});
export const TimelineEntry = z.object({
  at: z.string(),
  sagaId: z.string(),
  kind: z.string(),
  step: z.string().nullable(),
  attempt: z.number().nullable(),
  text: z.string(),
});
export type TimelineEntry = z.infer<typeof TimelineEntry>;
export const OrderTimeline = z.object({ phases: z.array(Phase), entries: z.array(TimelineEntry) });
export type OrderTimeline = z.infer<typeof OrderTimeline>;
export type Phase = z.infer<typeof Phase>;

export const QuoteView = z.object({
  id: z.string(),
  orderId: z.string(),
  vendor: z.string(),
  state: z.string(),
  totalMinor: z.number().nullable(),
  currency: z.string().nullable(),
  validUntil: z.string().nullable(),
  leadTimeDays: z.number().nullable(),
  model: z.string().nullable(),
  declinedBecause: z.string().nullable(),
  requestedAt: z.string(),
  answeredAt: z.string().nullable(),
});
export type QuoteView = z.infer<typeof QuoteView>;

export const ApprovalView = z.object({
  id: z.string(),
  kind: z.enum(['purchase', 'decommission']),
  subject: z.string(),
  tenantId: z.string().nullable(),
  orderId: z.string().nullable(),
  serverId: z.string().nullable(),
  state: z.string(),
  amountMinor: z.number().nullable(),
  currency: z.string().nullable(),
  summary: z.string(),
  policy: z.string(),
  requestedBy: z.string(),
  requestedAt: z.string(),
  dueAt: z.string(),
  decidedBy: z.string().nullable(),
  decidedAt: z.string().nullable(),
  reason: z.string().nullable(),
  /** Null when the caller may decide; otherwise why not. */
  decisionBlockedBecause: z.string().nullable(),
});
export type ApprovalView = z.infer<typeof ApprovalView>;
export const DecideApproval = z.object({
  decision: z.enum(['approve', 'reject']),
  reason: z.string().trim().min(1).max(1000),
});

export const PurchaseView = z.object({
  id: z.string(),
  orderId: z.string(),
  quoteId: z.string(),
  poNumber: z.string(),
  vendor: z.string(),
  state: z.string(),
  totalMinor: z.number(),
  currency: z.string(),
  createdAt: z.string(),
});

export const ShipmentItemView = z.object({
  serial: z.string(),
  serverId: z.string(),
  manufacturer: z.string(),
  model: z.string(),
  macs: z.array(z.string()),
  bmcMac: z.string(),
  state: z.string(),
  receivedBy: z.string().nullable(),
  receivedAt: z.string().nullable(),
  note: z.string().nullable(),
});
export const ShipmentView = z.object({
  id: z.string(),
  orderId: z.string(),
  datacenterId: z.string(),
  carrier: z.string(),
  trackingNumber: z.string(),
  state: z.string(),
  estimatedArrival: z.string().nullable(),
  deliveredAt: z.string().nullable(),
  lastEvent: z.string().nullable(),
  createdAt: z.string(),
  items: z.array(ShipmentItemView),
});
export type ShipmentView = z.infer<typeof ShipmentView>;
