import { anyOf, known } from '../../facts/said.ts';
import type { Drive as DriveFacts, FirmwareComponent, ServerFacts } from '../../facts/server.ts';
import * as contract from './contract.ts';
import {
  isPresent,
  toDrive,
  toFirmware,
  toHealth,
  toIdentity,
  toMemory,
  toNetworkPorts,
  toPower,
  toProcessors,
  whole,
} from './map.ts';
import { plainVersion } from './quirks.ts';
import type { Service } from './service.ts';

export const readSystem = async (service: Service): Promise<contract.ComputerSystem> =>
  service.get((await service.places()).system, contract.ComputerSystem);

/** Everything the BMC knows of the machine. What it does not offer is left out. */
export async function readFacts(service: Service): Promise<ServerFacts> {
  const { quirks, ...places } = await service.places();
  const system = await readSystem(service);
  const [chassis, processors, memory, drives, interfaces, firmware] = await Promise.all([
    service.find(places.chassis, contract.Chassis),
    service.members(system.Processors, contract.Processor),
    service.members(system.Memory, contract.Memory),
    readDrives(service, system),
    service.members(system.EthernetInterfaces, contract.EthernetInterface),
    readFirmware(service),
  ]);
  return known<ServerFacts>({
    source: 'redfish',
    identity: toIdentity(system, chassis?.SerialNumber, quirks),
    power: toPower(system.PowerState),
    health: toHealth(system.Status),
    processors: toProcessors(processors ?? []),
    memory: toMemory(memory ?? [], system.MemorySummary?.TotalSystemMemoryGiB),
    drives: anyOf(drives),
    networkPorts: toNetworkPorts(interfaces ?? []),
    firmware: anyOf(firmware),
  });
}

/** Drives as the BMC describes them, empty bays left out. */
export async function drivesOf(service: Service, system: contract.ComputerSystem): Promise<contract.Drive[]> {
  const storages = (await service.members(system.Storage, contract.Storage)) ?? [];
  const links = new Map(
    storages.flatMap((storage) => storage.Drives).map((drive) => [drive['@odata.id'].toLowerCase(), drive]),
  );
  const drives = await Promise.all([...links.values()].map((each) => service.find(each, contract.Drive)));
  return drives.flatMap((each) => (each && isPresent(each) ? [each] : []));
}

export async function readDrives(service: Service, system: contract.ComputerSystem): Promise<DriveFacts[]> {
  const drives = await drivesOf(service, system);
  if (drives.length > 0) return drives.map(toDrive);
  // The older, flatter model: no serial numbers there.
  const simple = (await service.members(system.SimpleStorage, contract.SimpleStorage)) ?? [];
  return simple
    .flatMap((controller) => controller.Devices ?? [])
    .filter(isPresent)
    .map((device) =>
      known<DriveFacts>({
        name: device.Name ?? 'drive',
        model: device.Model,
        sizeBytes: whole(device.CapacityBytes),
        health: toHealth(device.Status),
      }),
    );
}

/** The inventory; where there is none, the two versions that system and manager themselves name. */
export async function readFirmware(service: Service): Promise<FirmwareComponent[]> {
  const { root, manager, quirks } = await service.places();
  const updates = await service.find(root.UpdateService, contract.UpdateService);
  const listed = toFirmware(
    (await service.members(updates?.FirmwareInventory, contract.SoftwareInventory)) ?? [],
    quirks,
  );
  const own = (
    [
      ['bios', 'BIOS', (await readSystem(service)).BiosVersion],
      ['bmc', 'BMC', (await service.find(manager, contract.Manager))?.FirmwareVersion],
    ] as const
  ).flatMap(([component, name, version]) =>
    version === undefined ? [] : [{ component, name, version: plainVersion(version, quirks) }],
  );
  return [...listed, ...own.filter((each) => !listed.some(({ component }) => component === each.component))];
}
