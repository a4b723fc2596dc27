import { z } from 'zod';
import { EdgeEvent } from '../../shared/api/operations.ts';
import { findAssetByMac, findAssetBySerial, recordBmc, recordInventory, type Asset } from '../../shared/db/assets.ts';
import { parse } from '../../shared/errors/parse.ts';
import { MacAddress } from '../../shared/facts.ts';
import type { Sagas } from '../../shared/saga/client.ts';
import type { World } from '../../shared/world.ts';

/** Notes what a datacenter has seen, and wakes the sagas that wait for it. Twice is the same as once. */
export async function handleEdgeEvent(message: unknown, world: World & { sagas: Sagas }): Promise<void> {
  const seen = parse(EdgeEvent, message, 'edge event');
  const asset = seen.kind === 'dhcp-lease' ? await leased(seen, world) : await reported(seen, world);
  if (asset) await wakeSagasOf(asset, world);
}

async function leased(lease: Extract<EdgeEvent, { kind: 'dhcp-lease' }>, { db, clock, log }: World): Promise<Asset | undefined> {
  const mac = MacAddress.parse(lease.mac);
  const asset = await findAssetByMac(db, mac);
  if (!asset || asset.datacenterId !== lease.datacenter) {
    log.unknownMachine({ because: `${mac} in ${lease.datacenter}${asset ? `, but it belongs in ${asset.datacenterId}` : ''}` });
    return undefined;
  }
  // The host's own ports ask for addresses too; only the BMC's tells where it can be managed.
  if (asset.bmcMac === null || MacAddress.parse(asset.bmcMac) !== mac) return undefined;
  await recordBmc(db, clock, asset.id, lease.address);
  return asset;
}

async function reported(report: Extract<EdgeEvent, { kind: 'inventory-report' }>, { db, clock, log }: World): Promise<Asset | undefined> {
  const asset = await findAssetBySerial(db, report.serial);
  if (!asset || asset.datacenterId !== report.datacenter) {
    log.unknownMachine({ because: `inventory of ${report.serial} from ${report.datacenter}` });
    return undefined;
  }
  await recordInventory(db, clock, asset.id, report.facts);
  return asset;
}

async function wakeSagasOf(asset: Asset, { db, sagas }: World & { sagas: Sagas }): Promise<void> {
  const waiting = await db.many(z.object({ id: z.string() }), 'SELECT id FROM saga WHERE server_id = $1 AND ended_at IS NULL', [asset.id]);
  for (const { id } of waiting) await sagas.wake(id);
}
