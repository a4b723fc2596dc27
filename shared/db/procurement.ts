import { z } from 'zod';
import type { Actor } from '../actor.ts';
import { isoTime, type Clock } from '../clock.ts';
import { AppError } from '../errors/app-error.ts';
import { appendEvents, event } from '../events/log.ts';
import { ManifestItem } from '../facts.ts';
import { ApprovalId, DatacenterId, OrderId, PurchaseId, QuoteId, ServerId, ShipmentId } from '../ids.ts';
import { vendors } from '../ports/quoting.ts';
import type { Database, Queryable } from './database.ts';

export const Vendor = z.enum(vendors);

export const Quote = z.object({
  id: QuoteId,
  orderId: OrderId,
  vendor: Vendor,
  vendorRef: z.string().nullable(),
  state: z.enum(['requested', 'quoted', 'declined', 'cancelled', 'accepted', 'expired']),
  totalMinor: z.number().int().nullable(),
  currency: z.string().nullable(),
  validUntil: z.string().nullable(),
  leadTimeDays: z.number().int().nullable(),
  model: z.string().nullable(),
  declinedBecause: z.string().nullable(),
  requestedAt: z.string(),
  answeredAt: z.string().nullable(),
});
export type Quote = z.infer<typeof Quote>;
const quoteColumns = `id, order_id AS "orderId", vendor, vendor_ref AS "vendorRef", state, total_minor AS "totalMinor",
  currency, valid_until AS "validUntil", lead_time_days AS "leadTimeDays",
  model, declined_because AS "declinedBecause", requested_at AS "requestedAt", answered_at AS "answeredAt"`;

export const quotesOf = (db: Queryable, orderId: OrderId): Promise<Quote[]> =>
  db.many(Quote, `SELECT ${quoteColumns} FROM quote WHERE order_id = $1 ORDER BY vendor`, [orderId]);
export const quoteFrom = (
  db: Queryable,
  orderId: OrderId,
  vendor: z.infer<typeof Vendor>,
): Promise<Quote | undefined> =>
  db.maybe(Quote, `SELECT ${quoteColumns} FROM quote WHERE order_id = $1 AND vendor = $2`, [orderId, vendor]);

export const Purchase = z.object({
  id: PurchaseId,
  orderId: OrderId,
  quoteId: QuoteId,
  poNumber: z.string(),
  vendor: Vendor,
  state: z.enum(['placing', 'placed', 'shipped', 'received', 'cancelled', 'returned']),
  totalMinor: z.number().int(),
  currency: z.string(),
  createdAt: z.string(),
});
export type Purchase = z.infer<typeof Purchase>;
const purchaseColumns =
  'id, order_id AS "orderId", quote_id AS "quoteId", po_number AS "poNumber", vendor, state, total_minor ' +
  'AS "totalMinor", currency, created_at AS "createdAt"';

export const purchaseOf = (db: Queryable, orderId: OrderId): Promise<Purchase | undefined> =>
  db.maybe(Purchase, `SELECT ${purchaseColumns} FROM purchase WHERE order_id = $1`, [orderId]);
export async function getPurchase(db: Queryable, id: PurchaseId): Promise<Purchase> {
  const purchase = await db.maybe(Purchase, `SELECT ${purchaseColumns} FROM purchase WHERE id = $1`, [id]);
  if (!purchase)
    throw new AppError({
      code: 'purchase.unknown',
      kind: 'not-found',
      publicMessage: `There is no purchase order ${id}.`,
    });
  return purchase;
}
export const setPurchaseState = (
  db: Queryable,
  clock: Clock,
  id: PurchaseId,
  state: Purchase['state'],
): Promise<number> =>
  db.run('UPDATE purchase SET state = $2, updated_at = $3 WHERE id = $1', [id, state, isoTime(clock.now())]);

export const Approval = z.object({
  id: ApprovalId,
  kind: z.enum(['purchase', 'decommission']),
  subject: z.string(),
  tenantId: z.string().nullable(),
  orderId: z.string().nullable(),
  serverId: z.string().nullable(),
  sagaId: z.string(),
  state: z.enum(['open', 'approved', 'rejected', 'withdrawn']),
  amountMinor: z.number().int().nullable(),
  currency: z.string().nullable(),
  summary: z.string(),
  policy: z.string(),
  requestedBy: z.string(),
  requestedById: z.string(),
  requestedAt: z.string(),
  dueAt: z.string(),
  decidedBy: z.string().nullable(),
  decidedById: z.string().nullable(),
  decidedAt: z.string().nullable(),
  reason: z.string().nullable(),
});
export type Approval = z.infer<typeof Approval>;
const approvalColumns = `id, kind, subject, tenant_id AS "tenantId", order_id AS "orderId", server_id AS "serverId",
  saga_id AS "sagaId", state, amount_minor AS "amountMinor", currency, summary, policy,
  requested_by AS "requestedBy", requested_by_id AS "requestedById", requested_at AS "requestedAt", due_at AS "dueAt",
    decided_by AS "decidedBy", decided_by_id AS "decidedById", decided_at AS "decidedAt", reason`;

/** Opens an approval; asking twice with the same id opens one. */
export const insertApproval = (tx: Queryable, approval: Approval): Promise<number> =>
  tx.run(
    `INSERT INTO approval (id, kind, subject, tenant_id, order_id, server_id, saga_id, state, amount_minor, currency,
      summary, policy, requested_by, requested_at, due_at, decided_by, decided_at, reason, requested_by_id,
        decided_by_id)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20)
       ON CONFLICT (id) DO NOTHING`,
    [
      approval.id,
      approval.kind,
      approval.subject,
      approval.tenantId,
      approval.orderId,
      approval.serverId,
      approval.sagaId,
      approval.state,
      approval.amountMinor,
      approval.currency,
      approval.summary,
      approval.policy,
      approval.requestedBy,
      approval.requestedAt,
      approval.dueAt,
      approval.decidedBy,
      approval.decidedAt,
      approval.reason,
      approval.requestedById,
      approval.decidedById,
    ],
  );
export async function getApproval(db: Queryable, id: ApprovalId): Promise<Approval> {
  const approval = await db.maybe(Approval, `SELECT ${approvalColumns} FROM approval WHERE id = $1`, [id]);
  if (!approval)
    throw new AppError({ code: 'approval.unknown', kind: 'not-found', publicMessage: `There is no approval ${id}.` });
  return approval;
}
export const listApprovals = (
  db: Queryable,
  filter: {
    state?: string | undefined;
    tenantId?: string | undefined;
    kind?: string | undefined;
    after?: string | undefined;
    limit: number;
  },
): Promise<Approval[]> =>
  db.many(
    Approval,
    `SELECT ${approvalColumns} FROM approval WHERE ($1::text IS NULL OR state = $1) AND ($2::text IS NULL
      OR tenant_id = $2) AND ($3::text IS NULL OR kind = $3) AND ($4::text IS NULL OR id < $4) ORDER BY id DESC
        LIMIT $5`,
    [filter.state ?? null, filter.tenantId ?? null, filter.kind ?? null, filter.after ?? null, filter.limit],
  );
/** Only an open approval can be decided; answers whether this call decided it. */
export const closeApproval = async (
  db: Queryable,
  clock: Clock,
  id: ApprovalId,
  to: 'approved' | 'rejected' | 'withdrawn',
  by: Actor,
  reason: string | null,
): Promise<boolean> =>
  (await db.run(
    'UPDATE approval SET state = $2, decided_by = $3, decided_at = $4, reason = $5, decided_by_id = $6 ' +
      "WHERE id = $1 AND state = 'open'",
    [id, to, by.name, isoTime(clock.now()), reason, by.id],
  )) > 0;

/** A person's decision, with its event. Answers false when somebody else was first. */
export const decideApproval = (
  db: Database,
  clock: Clock,
  { id, kind, subject, tenantId }: Approval,
  decision: 'approved' | 'rejected',
  by: Actor,
  reason: string | null,
): Promise<boolean> =>
  db.transaction(async (tx) => {
    if (!(await closeApproval(tx, clock, id, decision, by, reason))) return false;
    await appendEvents(tx, clock, [
      event({
        topic: 'approvals.decided',
        subject: id,
        tenantId,
        data: { approvalId: id, kind, subject, decision, decidedBy: by.name },
      }),
    ]);
    return true;
  });

export const Shipment = z.object({
  id: ShipmentId,
  purchaseId: PurchaseId,
  orderId: OrderId,
  datacenterId: DatacenterId,
  carrier: z.string(),
  trackingNumber: z.string(),
  state: z.enum(['announced', 'in-transit', 'delivered', 'received', 'returned', 'exception']),
  estimatedArrival: z.string().nullable(),
  deliveredAt: z.string().nullable(),
  lastEvent: z.string().nullable(),
  arrivalToldAt: z.string().nullable(),
  createdAt: z.string(),
});
export type Shipment = z.infer<typeof Shipment>;
const shipmentColumns = `id, purchase_id AS "purchaseId", order_id AS "orderId", datacenter_id AS "datacenterId",
  carrier, tracking_number AS "trackingNumber", state,
  estimated_arrival AS "estimatedArrival", delivered_at AS "deliveredAt", last_event AS "lastEvent",
    arrival_told_at AS "arrivalToldAt", created_at AS "createdAt"`;

export async function getShipment(db: Queryable, id: ShipmentId): Promise<Shipment> {
  const shipment = await db.maybe(Shipment, `SELECT ${shipmentColumns} FROM shipment WHERE id = $1`, [id]);
  if (!shipment)
    throw new AppError({ code: 'shipment.unknown', kind: 'not-found', publicMessage: `There is no shipment ${id}.` });
  return shipment;
}
export const listShipments = (
  db: Queryable,
  filter: {
    datacenterIds?: readonly string[] | undefined;
    orderId?: string | undefined;
    trackingNumber?: string | undefined;
    after?: string | undefined;
    limit: number;
  },
): Promise<Shipment[]> =>
  db.many(
    Shipment,
    `SELECT ${shipmentColumns} FROM shipment WHERE ($1::text[] IS NULL OR datacenter_id = ANY ($1))
      AND ($2::text IS NULL OR order_id = $2) AND ($3::text IS NULL OR tracking_number = $3) AND ($4::text IS NULL
        OR id < $4) ORDER BY id DESC LIMIT $5`,
    [
      filter.datacenterIds ?? null,
      filter.orderId ?? null,
      filter.trackingNumber ?? null,
      filter.after ?? null,
      filter.limit,
    ],
  );

export const ShipmentItem = z.object({
  shipmentId: ShipmentId,
  serial: z.string(),
  serverId: ServerId,
  manifest: ManifestItem,
  state: z.enum(['expected', 'received', 'rejected', 'returned']),
  scanned: z
    .object({
      serial: z.string(),
      macs: z.array(z.string()),
      condition: z.enum(['good', 'damaged']),
      note: z.string().optional(),
      photos: z.array(z.string()),
    })
    .nullable(),
  receivedBy: z.string().nullable(),
  receivedAt: z.string().nullable(),
});
export type ShipmentItem = z.infer<typeof ShipmentItem>;
const itemColumns =
  'shipment_id AS "shipmentId", serial, server_id AS "serverId", manifest, state, scanned, received_by AS ' +
  '"receivedBy", received_at AS "receivedAt"';

export const itemsOf = (db: Queryable, shipmentId: ShipmentId): Promise<ShipmentItem[]> =>
  db.many(ShipmentItem, `SELECT ${itemColumns} FROM shipment_item WHERE shipment_id = $1 ORDER BY serial`, [
    shipmentId,
  ]);
export const itemsOfPurchase = (db: Queryable, purchaseId: PurchaseId): Promise<ShipmentItem[]> =>
  db.many(
    ShipmentItem,
    `SELECT ${itemColumns} FROM shipment_item WHERE shipment_id IN (SELECT id FROM shipment WHERE purchase_id = $1)
      ORDER BY serial`,
    [purchaseId],
  );
export const itemOfServer = (db: Queryable, serverId: ServerId): Promise<ShipmentItem | undefined> =>
  db.maybe(
    ShipmentItem,
    `SELECT ${itemColumns} FROM shipment_item WHERE server_id = $1 ORDER BY shipment_id DESC LIMIT 1`,
    [serverId],
  );

/**
 * These machines went, or are going, back to the vendor. A shipment or purchase of which nothing stays is returned
 * itself.
 */
export async function recordReturn(
  db: Queryable,
  clock: Clock,
  purchaseId: PurchaseId,
  serials: readonly string[],
): Promise<void> {
  const nothingStays = (ownShipments: string) =>
    `NOT EXISTS (SELECT FROM shipment_item WHERE state <> 'returned' AND shipment_id IN (${ownShipments}))`;
  await db.run(
    "UPDATE shipment_item SET state = 'returned' WHERE serial = ANY ($2) AND shipment_id IN (SELECT id " +
      'FROM shipment WHERE purchase_id = $1)',
    [purchaseId, serials],
  );
  await db.run(
    `UPDATE shipment SET state = 'returned', updated_at = $2 WHERE purchase_id = $1 AND ${nothingStays('shipment.id')}`,
    [purchaseId, isoTime(clock.now())],
  );
  await db.run(
    `UPDATE purchase SET state = 'returned',
      updated_at = $2 WHERE id = $1 AND ${nothingStays('SELECT id FROM shipment WHERE purchase_id = purchase.id')}`,
    [purchaseId, isoTime(clock.now())],
  );
}
