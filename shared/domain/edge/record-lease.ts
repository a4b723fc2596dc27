import { MacAddress } from '../../facts/server.ts';
import { hours } from '../../kernel/durations.ts';
import { TaskId } from '../../kernel/ids.ts';
import { derivedId } from '../../kernel/new-id.ts';
import { findAssetByMac, recordBmc, type Asset } from '../assets/assets.db.ts';
import { addInstruction, openTask } from '../tasks/tasks.db.ts';
import type { EdgeReport } from './edge.api.ts';
import { recordObservation } from './observations.db.ts';
import type { ReportDeps } from './report-deps.ts';

type Lease = Extract<EdgeReport, { kind: 'dhcp-lease' | 'unknown-device' }>;

const identifyWithin = hours(24);

/** Records where a server's BMC answers. An unknown device becomes a technician's task. */
export async function recordLease(lease: Lease, deps: ReportDeps): Promise<Asset[]> {
  const { db, clock, log } = deps;
  const mac = MacAddress.parse(lease.mac);
  const asset = await findAssetByMac(db, mac);
  if (!asset || asset.datacenterId !== lease.datacenter) {
    const elsewhere = asset ? `, but it belongs in ${asset.datacenterId}` : '';
    log.unknownDevice({ reason: `${mac} in ${lease.datacenter}${elsewhere}` });
    if (lease.kind === 'unknown-device') await openIdentifyTask(lease, mac, asset, deps);
    return [];
  }
  // An agent may report a device as unknown that is known by now: its list is a minute old, or older after an outage.
  // The host's own ports get leases too; only the BMC's address is where the server can be managed.
  const { bmcUrl } = lease;
  if (bmcUrl === undefined || asset.bmcMac === null || MacAddress.parse(asset.bmcMac) !== mac) return [];
  await db.transaction(async (tx) => {
    if (await recordObservation(tx, clock, { ...lease, kind: 'lease' }, mac))
      await recordBmc(tx, clock, asset.id, bmcUrl);
  });
  return [asset];
}

/** One task per MAC address, however often and by whichever agent it is reported. */
async function openIdentifyTask(
  { datacenter, address, at, circuitId, about }: Lease & { kind: 'unknown-device' },
  mac: MacAddress,
  asset: Asset | undefined,
  { db, clock, relay }: ReportDeps,
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
    title: `Find the unknown device ${mac}`,
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
  // Its lease says little of the machine; its boot request, which may come later, says model and serial number.
  for (const sentence of says) await addInstruction(db, clock, task.id, sentence);
  relay.kick();
}
