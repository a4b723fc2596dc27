import { componentOf } from '../../facts/firmware-words.ts';
import { anyOf, known, said } from '../../facts/said.ts';
import {
  MacAddress,
  type Drive as DriveFacts,
  type FirmwareComponent,
  type Health,
  type PowerState,
  type ServerFacts,
} from '../../facts/server.ts';
import type { BmcRole } from '../../ports/bmc.ts';
import type { ComputerSystem, Drive, EthernetInterface, Memory, Processor, SoftwareInventory } from './contract.ts';
import { plainVersion, type Quirks } from './quirks.ts';

const powerStates = new Map<string | undefined, PowerState>([
  ['On', 'on'],
  ['Off', 'off'],
  ['PoweringOn', 'changing'],
  ['PoweringOff', 'changing'],
]);
const healths = new Map<string | undefined, Health>([
  ['OK', 'ok'],
  ['Warning', 'warning'],
  ['Critical', 'critical'],
]);
const roles = new Map<string | undefined, BmcRole>([
  ['Administrator', 'administrator'],
  ['Operator', 'operator'],
  ['ReadOnly', 'read-only'],
]);

export const toPower = (state: string | undefined): PowerState => powerStates.get(state) ?? 'unknown';
export const toHealth = (
  status: { Health?: string | undefined; HealthRollup?: string | undefined } | undefined,
): Health => healths.get(status?.HealthRollup ?? status?.Health) ?? 'unknown';
export const toRole = (roleId: string | undefined): BmcRole | 'other' => roles.get(roleId) ?? 'other';
export const roleId = (role: BmcRole): string => [...roles].find(([, each]) => each === role)?.[0] ?? 'ReadOnly';

/**
 * A count or size as our facts have it: whole and above zero. BMCs write 0 for what they do not know, and halves and
 * worse when they err.
 */
export function whole(value: number | undefined): number | undefined {
  const rounded = Math.round(value ?? 0);
  return Number.isSafeInteger(rounded) && rounded > 0 ? rounded : undefined;
}

const isThere = (status: { State?: string | undefined } | undefined) => status?.State !== 'Absent';

/** `chassisSerial` stands in where the system's own is blank, as on boards built into a maker's chassis. */
export function toIdentity(
  system: ComputerSystem,
  chassisSerial: string | undefined,
  quirks: Quirks,
): ServerFacts['identity'] {
  const sku = said(system.SKU);
  return known({
    manufacturer: said(system.Manufacturer),
    model: said(system.Model),
    serial: (quirks.serviceTagInSku ? sku : undefined) ?? said(system.SerialNumber) ?? said(chassisSerial),
    sku,
    uuid: said(system.UUID)?.toLowerCase(),
    assetTag: said(system.AssetTag),
  });
}

export const toProcessors = (processors: Processor[]): ServerFacts['processors'] =>
  // GPUs and FPGAs are listed among them.
  anyOf(
    processors
      .filter((each) => (each.ProcessorType ?? 'CPU') === 'CPU' && isThere(each.Status))
      .map((each) =>
        known({
          socket: said(each.Socket) ?? each.Id ?? 'CPU',
          model: said(each.Model),
          cores: whole(each.TotalCores),
          threads: whole(each.TotalThreads),
        }),
      ),
  );

/** More than an exabyte is no memory, and would make the sum no number. */
const isCredible = (size: number | undefined) => (whole(size) ?? Infinity) < 2 ** 40;

/** The modules' sum; what the system claims in all where it lists none. A host that is off may claim 0: not known. */
export function toMemory(modules: Memory[], summaryGiB: number | undefined): ServerFacts['memory'] {
  const present = modules
    .filter((each) => isThere(each.Status) && isCredible(each.CapacityMiB))
    .map((each) =>
      known({
        slot: said(each.DeviceLocator) ?? said(each.Name) ?? each.Id ?? 'DIMM',
        sizeMiB: whole(each.CapacityMiB) ?? 0,
        manufacturer: said(each.Manufacturer),
        partNumber: said(each.PartNumber),
        serial: said(each.SerialNumber),
        speedMtps: whole(each.OperatingSpeedMhz),
      }),
    );
  const totalMiB =
    present.reduce((sum, each) => sum + each.sizeMiB, 0) ||
    (isCredible(summaryGiB) ? Math.round((summaryGiB ?? 0) * 1024) : 0);
  return totalMiB > 0 ? { totalMiB, modules: present } : undefined;
}

export const isPresent = (drive: Pick<Drive, 'Status' | 'CapacityBytes'>): boolean =>
  isThere(drive.Status) && (drive.CapacityBytes ?? 0) > 0;

export const toDrive = (drive: Drive): DriveFacts =>
  known<DriveFacts>({
    // HPE calls every drive of a kind the same; where it sits is what tells them apart.
    name: said(drive.PhysicalLocation?.PartLocation?.ServiceLabel) ?? drive.Id ?? drive['@odata.id'],
    model: said(drive.Model),
    serial: said(drive.SerialNumber),
    sizeBytes: whole(drive.CapacityBytes),
    media:
      drive.Protocol === 'NVMe' || (drive.Protocol === 'PCIe' && drive.MediaType === 'SSD')
        ? 'nvme'
        : drive.MediaType === 'SSD'
          ? 'ssd'
          : drive.MediaType === 'HDD'
            ? 'hdd'
            : undefined,
    health: toHealth(drive.Status),
  });

/** The host's own ports: not the link to the BMC, no VLANs. */
export const toNetworkPorts = (interfaces: EthernetInterface[]): ServerFacts['networkPorts'] =>
  anyOf(
    interfaces
      .filter(
        (each) => each.EthernetInterfaceType !== 'Virtual' && !each.Links?.HostInterface && each.Id !== 'ToManager',
      )
      .map((each) =>
        known({
          // `Name` is a description on most ("System Ethernet Interface"); the Id tells ports apart, unless it is a
          // bare number.
          name: /^\d+$/.test(each.Id ?? '') ? (said(each.Name) ?? each.Id ?? '') : (each.Id ?? said(each.Name) ?? ''),
          mac: MacAddress.safeParse(said(each.PermanentMACAddress) ?? said(each.MACAddress)).data,
          speedMbps: whole(each.SpeedMbps),
          isLinkUp:
            each.LinkStatus === 'LinkUp'
              ? true
              : each.LinkStatus === 'LinkDown' || each.LinkStatus === 'NoLink'
                ? false
                : undefined,
        }),
      ),
  );

/** What is installed and runs: neither rollback images, nor spares, nor what waits for a restart. */
export function toFirmware(inventory: SoftwareInventory[], quirks: Quirks): FirmwareComponent[] {
  const running = inventory.filter(
    (each) =>
      (quirks.installedPrefix === undefined || (each.Id ?? '').startsWith(quirks.installedPrefix)) &&
      !['Disabled', 'StandbySpare', 'StandbyOffline', 'Absent'].includes(each.Status?.State ?? '') &&
      !/backup|redundant|pending|previous/i.test(`${each.Id} ${each.Name} ${each.Description}`),
  );
  return running.map((each) => {
    const words = `${each.Id} ${each.Name} ${each.Description} ${each.SoftwareId}`;
    return known<FirmwareComponent>({
      component: componentOf(words),
      name: said(each.Name) ?? each.Id ?? 'firmware',
      version: said(each.Version) && plainVersion(each.Version ?? '', quirks),
      isUpdateable: each.Updateable,
    });
  });
}
