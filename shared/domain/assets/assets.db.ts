import { z } from 'zod';
import { ServerConfig, ManifestItem, ServerFacts } from '../../facts/server.ts';
import { type Clock, isoTime } from '../../kernel/clock.ts';
import { prepared, type Queryable } from '../../kernel/database/database.ts';
import { AppError } from '../../kernel/errors/app-error.ts';
import { ServerId, DatacenterId, OrderId, OrderLineId, TenantId } from '../../kernel/ids.ts';
import { State, Condition } from '../../lifecycle/states.ts';
import { SecretRef } from '../../ports/secrets.ts';

export const Asset = z.object({
  id: ServerId,
  state: State,
  stateSince: z.string(),
  version: z.number().int(),
  condition: Condition,
  conditionDetail: z.record(z.string(), z.unknown()),
  conditionSince: z.string(),
  origin: z.enum(['bought', 'stock', 'adopted']),
  datacenterId: DatacenterId,
  orderId: OrderId.nullable(),
  boughtFor: OrderId.nullable(),
  orderLineId: OrderLineId.nullable(),
  tenantId: TenantId.nullable(),
  config: ServerConfig,
  manufacturer: z.string().nullable(),
  model: z.string().nullable(),
  serial: z.string().nullable(),
  heightUnits: z.number().int(),
  bmcMac: z.string().nullable(),
  macs: z.array(z.string()),
  manifest: ManifestItem.nullable(),
  bmcAddress: z.string().nullable(),
  bmcSeenAt: z.string().nullable(),
  bmcSecretRef: SecretRef.nullable(),
  facts: ServerFacts.nullable(),
  measured: ServerFacts.nullable(),
  measuredAt: z.string().nullable(),
  disposition: z.string().nullable(),
  createdAt: z.string(),
  updatedAt: z.string(),
  rackName: z.string().nullable(),
  rackUnit: z.number().int().nullable(),
});
export type Asset = z.infer<typeof Asset>;
/** Without the documents about it, which are larger than all the rest: for many at once. */
export const AssetSummary = Asset.omit({ manifest: true, facts: true, measured: true });
export type AssetSummary = z.infer<typeof AssetSummary>;

const summary = `
  a.id, a.state, a.state_since AS "stateSince", a.version, a.condition, a.condition_detail AS "conditionDetail",
    a.condition_since AS "conditionSince",
  a.origin, a.datacenter_id AS "datacenterId", a.order_id AS "orderId", a.bought_for AS "boughtFor",
    a.order_line_id AS "orderLineId", a.tenant_id AS "tenantId",
  a.config, a.manufacturer, a.model, a.serial, a.height_units AS "heightUnits", a.bmc_mac AS "bmcMac", a.macs,
    a.bmc_address AS "bmcAddress", a.bmc_seen_at AS "bmcSeenAt", a.bmc_secret_ref AS "bmcSecretRef",
  a.measured_at AS "measuredAt", a.disposition, a.created_at AS "createdAt", a.updated_at AS "updatedAt",
    place.rack_name AS "rackName", place.unit AS "rackUnit"`;
const columns = `${summary}, a.manifest, a.facts, a.measured`;
const source =
  'asset a LEFT JOIN LATERAL (SELECT rack_name, min(unit) AS unit FROM rack_unit r WHERE r.server_id = ' +
  'a.id GROUP BY rack_name) AS place ON true';

const byId = prepared(`SELECT ${columns} FROM ${source} WHERE a.id = $1`);
const byOrder = prepared(`SELECT ${summary} FROM ${source} WHERE a.order_id = $1 ORDER BY a.id`);

export async function getAsset(db: Queryable, id: ServerId): Promise<Asset> {
  const asset = await findAsset(db, id);
  if (!asset)
    throw new AppError({ code: 'asset.unknown', kind: 'not-found', publicMessage: `There is no server ${id}.` });
  return asset;
}

export const findAsset = (db: Queryable, id: string): Promise<Asset | undefined> => db.maybe(Asset, byId, [id]);

/** A server that some tenant has; undefined for one that is nobody's. */
export async function findTenantServer(db: Queryable, id: string): Promise<Asset | undefined> {
  const asset = await findAsset(db, id);
  return asset?.tenantId === null ? undefined : asset;
}

/** Whose network card or BMC this is: machines announce themselves by MAC before they have a name. */
export const findAssetByMac = (db: Queryable, mac: string): Promise<Asset | undefined> =>
  db.maybe(Asset, `SELECT ${columns} FROM ${source} WHERE a.bmc_mac = $1 OR a.macs @> ARRAY[$1::text]`, [mac]);

export const findAssetBySerial = (db: Queryable, serial: string): Promise<Asset | undefined> =>
  db.maybe(Asset, `SELECT ${columns} FROM ${source} WHERE a.serial = $1`, [serial]);

/** Servers of a datacenter that the validation image measures now, and that have one of these ports. */
export const findMeasuring = (db: Queryable, datacenterId: DatacenterId, macs: readonly string[]): Promise<Asset[]> =>
  db.many(
    Asset,
    `SELECT ${columns} FROM ${source} WHERE a.datacenter_id = $1 AND a.state = 'DISCOVERED' AND a.macs && $2::text[]
      ORDER BY a.id`,
    [datacenterId, macs],
  );

export const assetsOfOrder = (db: Queryable, orderId: OrderId): Promise<AssetSummary[]> =>
  db.many(AssetSummary, byOrder, [orderId]);

export interface AssetFilter {
  tenantId?: string | undefined;
  datacenterId?: string | undefined;
  datacenterIds?: readonly string[] | undefined;
  state?: State | undefined;
  states?: readonly State[] | undefined;
  condition?: Condition | undefined;
  orderId?: string | undefined;
  search?: string | undefined;
  after?: string | undefined;
  limit: number;
}

/** Newest first; `after` is the last id of the page before. */
export const listAssets = (db: Queryable, filter: AssetFilter): Promise<AssetSummary[]> =>
  db.many(
    AssetSummary,
    `SELECT ${summary} FROM ${source}
     WHERE ($1::text IS NULL OR a.tenant_id = $1) AND ($2::text IS NULL OR a.datacenter_id = $2)
       AND ($3::text[] IS NULL OR a.datacenter_id = ANY ($3))
       AND ($4::text IS NULL OR a.state = $4) AND ($5::text IS NULL OR a.condition = $5) AND ($6::text IS NULL
         OR a.order_id = $6)
       AND ($7::text IS NULL OR a.serial ILIKE $7 OR a.model ILIKE $7 OR a.id ILIKE $7) AND ($8::text IS NULL
         OR a.id < $8) AND ($9::text[] IS NULL OR a.state = ANY ($9))
     ORDER BY a.id DESC LIMIT $10`,
    [
      filter.tenantId ?? null,
      filter.datacenterId ?? null,
      filter.datacenterIds ?? null,
      filter.state ?? null,
      filter.condition ?? null,
      filter.orderId ?? null,
      filter.search ? `%${filter.search.replace(/[\\%_]/g, '\\$&')}%` : null,
      filter.after ?? null,
      filter.states ?? null,
      filter.limit,
    ],
  );

/** Which of these servers are in these datacenters. */
export const assetsAt = async (
  db: Queryable,
  ids: readonly string[],
  datacenterIds: readonly string[],
): Promise<string[]> =>
  (
    await db.many(
      z.object({ id: z.string() }),
      'SELECT id FROM asset WHERE id = ANY ($1) AND datacenter_id = ANY ($2)',
      [ids, datacenterIds],
    )
  ).map(({ id }) => id);

/**
 * Servers nobody holds and no order has reserved, ready ones first. Locked until the transaction ends: whoever looks
 * meanwhile waits, and then sees what was left. To pass over what is locked would be to buy what lies on the shelf.
 */
export const lockFreeStock = (tx: Queryable, datacenterId: DatacenterId): Promise<AssetSummary[]> =>
  tx.many(
    AssetSummary,
    `SELECT ${summary} FROM ${source}
     WHERE a.datacenter_id = $1 AND a.state IN ('READY', 'RECEIVED') AND a.order_id IS NULL AND a.tenant_id IS NULL
       AND a.condition = 'working'
     ORDER BY a.state = 'READY' DESC, a.created_at, a.id FOR NO KEY UPDATE OF a`,
    [datacenterId],
  );

export const reserveAsset = (
  tx: Queryable,
  clock: Clock,
  id: ServerId,
  orderId: OrderId,
  orderLineId: OrderLineId,
): Promise<number> =>
  tx.run('UPDATE asset SET order_id = $2, order_line_id = $3, updated_at = $4 WHERE id = $1 AND order_id IS NULL', [
    id,
    orderId,
    orderLineId,
    isoTime(clock.now()),
  ]);

/** Gives back what an order had reserved from stock; what was bought for it keeps its history. */
export const releaseReservations = (tx: Queryable, clock: Clock, orderId: OrderId): Promise<number> =>
  tx.run(
    'UPDATE asset SET order_id = NULL, order_line_id = NULL, updated_at = $2 WHERE order_id = $1 AND ' +
      'bought_for IS DISTINCT FROM $1',
    [orderId, isoTime(clock.now())],
  );

/** What the ship notice says this server will be. */
export const recordManifest = (tx: Queryable, clock: Clock, id: ServerId, manifest: ManifestItem): Promise<number> =>
  tx.run(
    'UPDATE asset SET manifest = $2, serial = $3, model = $4, manufacturer = $5, bmc_mac = $6, macs = $7, ' +
      'updated_at = $8 WHERE id = $1',
    [
      id,
      JSON.stringify(manifest),
      manifest.serial,
      manifest.model,
      manifest.manufacturer,
      manifest.bmcMac,
      manifest.macs,
      isoTime(clock.now()),
    ],
  );

export const recordBmc = (db: Queryable, clock: Clock, id: ServerId, address: string): Promise<number> =>
  db.run('UPDATE asset SET bmc_address = $2, bmc_seen_at = $3, updated_at = $3 WHERE id = $1', [
    id,
    address,
    isoTime(clock.now()),
  ]);
export const forgetBmc = (db: Queryable, clock: Clock, id: ServerId): Promise<number> =>
  db.run('UPDATE asset SET bmc_address = NULL, bmc_seen_at = NULL, updated_at = $2 WHERE id = $1', [
    id,
    isoTime(clock.now()),
  ]);
/** Which secret opens its BMC from now on; null for the factory's. */
export const recordBmcSecret = (db: Queryable, clock: Clock, id: ServerId, ref: SecretRef | null): Promise<number> =>
  db.run('UPDATE asset SET bmc_secret_ref = $2, updated_at = $3 WHERE id = $1', [id, ref, isoTime(clock.now())]);
export const recordFacts = (db: Queryable, clock: Clock, id: ServerId, facts: ServerFacts | null): Promise<number> =>
  db.run('UPDATE asset SET facts = $2, updated_at = $3 WHERE id = $1', [
    id,
    facts && JSON.stringify(facts),
    isoTime(clock.now()),
  ]);
/** What the validation image found on the machine itself. */
export const recordMeasured = (
  db: Queryable,
  clock: Clock,
  id: ServerId,
  measured: ServerFacts | null,
): Promise<number> =>
  db.run('UPDATE asset SET measured = $2, measured_at = $3, updated_at = $4 WHERE id = $1', [
    id,
    measured && JSON.stringify(measured),
    measured ? isoTime(clock.now()) : null,
    isoTime(clock.now()),
  ]);
/** Forgets what was measured before a moment. What is newer stays: whoever comes late must not take it away. */
export const forgetMeasured = (db: Queryable, clock: Clock, id: ServerId, before: number): Promise<number> =>
  db.run('UPDATE asset SET measured = NULL, measured_at = NULL, updated_at = $3 WHERE id = $1 AND measured_at < $2', [
    id,
    isoTime(before),
    isoTime(clock.now()),
  ]);
export const recordHeight = (db: Queryable, id: ServerId, heightUnits: number): Promise<number> =>
  db.run('UPDATE asset SET height_units = $2 WHERE id = $1', [id, heightUnits]);
