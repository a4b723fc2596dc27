import { findAssetByMac, recordBmc, type Asset } from '../../shared/domain/assets/assets.db.ts';
import type { EdgeReport } from '../../shared/domain/edge/edge.api.ts';
import { recordObservation } from '../../shared/domain/edge/observations.db.ts';
import { addInstruction, openTask } from '../../shared/domain/tasks/tasks.db.ts';
import { MacAddress } from '../../shared/facts/server.ts';
import { hours } from '../../shared/kernel/durations.ts';
import { TaskId } from '../../shared/kernel/ids.ts';
import { derivedId } from '../../shared/kernel/new-id.ts';
import type { Deps } from '../../shared/saga/deps.ts';

type Lease = Extract<EdgeReport, { kind: 'dhcp-lease' | 'unknown-device' }>;

const identifyWithin = hours(24);

/**
 * A machine was given an address: of a server's BMC we now know where it answers; one that nobody knows is looked for.
 */
export async function noteLease(lease: Lease, deps: Deps): Promise<Asset[]> {
  const { db, clock, log } = deps;
  const mac = MacAddress.parse(lease.mac);
  const asset = await findAssetByMac(db, mac);
  if (!asset || asset.datacenterId !== lease.datacenter) {
    log.unknownDevice({
      reason: `${mac} in ${lease.datacenter}${asset ? `, but it belongs in ${asset.datacenterId}` : ''}`,
    });
    if (lease.kind === 'unknown-device') await askWhatItIs(lease, mac, asset, deps);
    return [];
  }
  // An agent may call unknown what we know by now: its list is a minute old, and older while the link is down.
  // The host's own ports ask for addresses too; only the BMC's tells where it can be managed.
  const { bmcUrl } = lease;
  if (bmcUrl === undefined || asset.bmcMac === null || MacAddress.parse(asset.bmcMac) !== mac) return [];
  await db.transaction(async (tx) => {
    if (await recordObservation(tx, clock, { ...lease, kind: 'lease' }, mac))
      await recordBmc(tx, clock, asset.id, bmcUrl);
  });
  return [asset];
}

/** One task per MAC, however often it asks and whoever says so. */
async function askWhatItIs(
  { datacenter, address, at, circuitId, about }: Lease & { kind: 'unknown-device' },
  mac: MacAddress,
  asset: Asset | undefined,
  { db, clock, relay }: Deps,
): Promise<void> {
  const dedupeKey = `unknown-device/${datacenter}/${mac}`;
  const says = about === undefined ? [] : [`It says of itself: ${about}.`];
  const task = await openTask(db, clock, {
    id: TaskId.parse(derivedId('task', clock.now(), dedupeKey)),
    kind: 'identify',
    dedupeKey,
    datacenterId: datacenter,
    sagaId: null,
    dueAt: clock.now() + identifyWithin,
    title: `Find the unknown machine ${mac}`,
    instructions: [
      `A machine with the MAC address ${mac} was seen on ${at} with the address ${address}. It is told to ` +
        'wait; nothing is started on it.',
      ...says,
      circuitId === undefined ? 'Find its switch port by the MAC address.' : `It is plugged in at ${circuitId}.`,
      asset
        ? `It is the server ${asset.serial ?? asset.id}, which belongs in ${asset.datacenterId}: bring it ` +
          'there, or ask operations to move it.'
        : 'If it is ours, read its serial number and tell operations; else unplug it and lock it away.',
    ],
  });
  // When it asks for an address it says little; when it asks what to boot, it says its model and serial number.
  for (const sentence of says) await addInstruction(db, clock, task.id, sentence);
  relay.kick();
}
