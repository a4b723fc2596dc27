import { z } from 'zod';
import { EdgeReport } from '../../shared/api/edge.ts';
import { hours } from '../../shared/clock.ts';
import { findAssetByMac, recordBmc, recordInventory, type Asset } from '../../shared/db/assets.ts';
import { isNews } from '../../shared/db/edge-sightings.ts';
import { openTask } from '../../shared/db/tasks.ts';
import { consumer, type ConsumerWorld } from '../../shared/events/consumer.ts';
import { reportTopic } from '../../shared/events/reports.ts';
import { MacAddress } from '../../shared/facts.ts';
import { derivedId, TaskId } from '../../shared/ids.ts';
import type { World } from '../../shared/world.ts';
import { whoseReport } from './whose-report.ts';

type Lease = Extract<EdgeReport, { kind: 'dhcp-lease' | 'unknown-machine' }>;
type Report = Extract<EdgeReport, { kind: 'inventory-report' }>;

const identifyWithin = hours(24);

/** What datacenters report. */
export const edgeEvent = consumer({ name: 'edge-event', topics: [reportTopic], data: EdgeReport, handle: noteReport });

/**
 * Notes what a datacenter has seen, and wakes the sagas that wait for it. Twice is the same as once, and what comes
 * late changes nothing that is known better; only the waking is repeated, because a crash may have come before it.
 */
export async function noteReport(seen: EdgeReport, world: ConsumerWorld): Promise<void> {
  if (seen.kind === 'bmc-readings') return; // they have a topic of their own
  const assets = seen.kind === 'inventory-report' ? await reported(seen, world) : [await leased(seen, world)];
  for (const asset of assets) if (asset) await wakeSagasOf(asset, world);
}

async function leased(lease: Lease, world: World): Promise<Asset | undefined> {
  const { db, clock, log } = world;
  const mac = MacAddress.parse(lease.mac);
  const asset = await findAssetByMac(db, mac);
  if (!asset || asset.datacenterId !== lease.datacenter) {
    log.unknownMachine({ because: `${mac} in ${lease.datacenter}${asset ? `, but it belongs in ${asset.datacenterId}` : ''}` });
    if (lease.kind === 'unknown-machine') await askWhatItIs(lease, mac, asset, world);
    return undefined;
  }
  // An agent may call unknown what we know by now: its list is a minute old, and older while the link is down.
  // The host's own ports ask for addresses too; only the BMC's tells where it can be managed.
  if (asset.bmcMac === null || MacAddress.parse(asset.bmcMac) !== mac) return undefined;
  await db.transaction(async (tx) => {
    if (await isNews(tx, clock, { ...lease, kind: 'lease' }, mac)) await recordBmc(tx, clock, asset.id, lease.address);
  });
  return asset;
}

/** One task per MAC, however often it asks and whoever says so. */
async function askWhatItIs({ datacenter, address, at, circuitId }: Lease & { kind: 'unknown-machine' }, mac: MacAddress, asset: Asset | undefined, { db, clock, relay }: World): Promise<void> {
  const dedupeKey = `unknown-machine/${datacenter}/${mac}`;
  await openTask(db, clock, {
    id: TaskId.parse(derivedId('task', clock.now(), dedupeKey)), kind: 'identify', dedupeKey, datacenterId: datacenter, sagaId: null, dueAt: clock.now() + identifyWithin,
    title: `Find the unknown machine ${mac}`,
    instructions: [
      `A machine with the MAC address ${mac} asked for an address on ${at} and was given ${address}.`,
      circuitId === undefined ? 'Find its switch port by the MAC address.' : `It is plugged in at ${circuitId}.`,
      asset ? `It is the server ${asset.serial ?? asset.id}, which belongs in ${asset.datacenterId}: bring it there, or ask operations to move it.` : 'If it is ours, read its serial number and tell operations; else unplug it and lock it away.',
    ],
  });
  relay.kick();
}

async function reported(report: Report, { db, clock, log }: World): Promise<Asset[]> {
  const assets = await whoseReport(db, report);
  if (assets.length === 0) log.unknownMachine({ because: `inventory of ${report.serial} from ${report.datacenter}` });
  // It counts from when it was measured: one that lay in the datacenter's journal is not of a boot that began since.
  const measured = { now: () => Math.min(Date.parse(report.at), clock.now()) };
  for (const { id, serial } of assets) {
    await db.transaction(async (tx) => {
      if (await isNews(tx, clock, report, serial === report.serial ? serial : `${report.serial} at ${id}`)) await recordInventory(tx, measured, id, report.facts);
    });
  }
  return assets;
}

async function wakeSagasOf(asset: Asset, { db, sagas }: ConsumerWorld): Promise<void> {
  const waiting = await db.many(z.object({ id: z.string() }), 'SELECT id FROM saga WHERE server_id = $1 AND ended_at IS NULL', [asset.id]);
  for (const { id } of waiting) await sagas.wake(id);
}
