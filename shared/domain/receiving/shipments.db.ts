import { z } from 'zod';
import { ManifestItem } from '../../facts/server.ts';
import { type Clock, isoTime } from '../../kernel/clock.ts';
import type { Queryable } from '../../kernel/database/database.ts';
import { AppError } from '../../kernel/errors/app-error.ts';
import { ShipmentId, PurchaseId, OrderId, DatacenterId, ServerId } from '../../kernel/ids.ts';

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

export const findShipment = (db: Queryable, id: ShipmentId): Promise<Shipment | undefined> =>
  db.maybe(Shipment, `SELECT ${shipmentColumns} FROM shipment WHERE id = $1`, [id]);

export async function getShipment(db: Queryable, id: ShipmentId): Promise<Shipment> {
  const shipment = await findShipment(db, id);
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

/** What came out of the box. A machine may be scanned again; one that is registered already stays as it is. */
export const recordScan = (
  db: Queryable,
  shipmentId: ShipmentId,
  scan: { serial: string; state: 'received' | 'rejected'; scanned: object; by: string; at: string },
): Promise<number> =>
  db.run(
    `UPDATE shipment_item SET state = $3, scanned = $4, received_by = $5, received_at = $6
     WHERE shipment_id = $1 AND serial = $2 AND state IN ('expected', 'received', 'rejected')`,
    [shipmentId, scan.serial, scan.state, JSON.stringify(scan.scanned), scan.by, scan.at],
  );
/** Announces a shipment. Answers whether it is new: one carrier's tracking number is one shipment. */
export const insertShipment = async (
  tx: Queryable,
  clock: Clock,
  shipment: Pick<
    Shipment,
    'id' | 'purchaseId' | 'orderId' | 'datacenterId' | 'carrier' | 'trackingNumber' | 'estimatedArrival'
  >,
): Promise<boolean> => {
  const inserted = await tx.run(
    `INSERT INTO shipment (id, purchase_id, order_id, datacenter_id, carrier, tracking_number, state,
      estimated_arrival, created_at, updated_at)
     VALUES ($1, $2, $3, $4, $5, $6, 'announced', $7, $8, $8) ON CONFLICT (carrier, tracking_number) DO NOTHING`,
    [
      shipment.id,
      shipment.purchaseId,
      shipment.orderId,
      shipment.datacenterId,
      shipment.carrier,
      shipment.trackingNumber,
      shipment.estimatedArrival,
      isoTime(clock.now()),
    ],
  );
  return inserted > 0;
};
export const insertShipmentItem = (
  tx: Queryable,
  { shipmentId, serverId, manifest }: Pick<ShipmentItem, 'shipmentId' | 'serverId' | 'manifest'>,
): Promise<number> =>
  tx.run(
    'INSERT INTO shipment_item (shipment_id, serial, server_id, manifest, state) VALUES ($1, $2, $3, ' +
      "$4, 'expected')",
    [shipmentId, manifest.serial, serverId, JSON.stringify(manifest)],
  );
/** What its carrier says of it. */
export const recordTracking = (
  db: Queryable,
  clock: Clock,
  id: ShipmentId,
  {
    state,
    estimatedArrival,
    deliveredAt,
    lastEvent,
  }: Pick<Shipment, 'state' | 'estimatedArrival' | 'deliveredAt' | 'lastEvent'>,
): Promise<number> =>
  db.run(
    'UPDATE shipment SET state = $2, estimated_arrival = $3, delivered_at = $4, last_event = $5, ' +
      'updated_at = $6 WHERE id = $1',
    [id, state, estimatedArrival, deliveredAt, lastEvent, isoTime(clock.now())],
  );
export const recordArrivalTold = (db: Queryable, clock: Clock, id: ShipmentId): Promise<number> =>
  db.run('UPDATE shipment SET arrival_told_at = $2 WHERE id = $1', [id, isoTime(clock.now())]);
export const setShipmentState = (
  db: Queryable,
  clock: Clock,
  id: ShipmentId,
  state: Shipment['state'],
): Promise<number> =>
  db.run('UPDATE shipment SET state = $2, updated_at = $3 WHERE id = $1', [id, state, isoTime(clock.now())]);
