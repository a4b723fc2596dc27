import { actualHardware, type ServerHardware } from './hardware.ts';
import type { Profile } from './profiles/profile.ts';
import { collection, healthy, link, resource, service } from './resource.ts';
import { servicesOf, telemetryOf } from './services.ts';
import type { BmcRecord } from './state.ts';
import { storageOf } from './storage.ts';
import type { Resource } from './tree.ts';

/** Everything one built BMC serves: from what its machine is made of, what firmware runs on it and what is on its drives. */
export function builtResources(profile: Profile, record: BmcRecord): Resource[] {
  const server = actualHardware(record.hardware, record.physicalFaults);
  const paths = {
    system: `${service}/Systems/${profile.ids.system}`,
    manager: `${service}/Managers/${profile.ids.manager}`,
    chassis: `${service}/Chassis/${profile.ids.chassis}`,
  };
  return [
    rootOf(profile, server),
    ...collection(`${service}/Systems`, 'ComputerSystem', [systemOf(profile, server, record, paths)]),
    resource(`${paths.system}/Settings`, 'ComputerSystem.v1_16_0.ComputerSystem', { Name: 'Pending settings', Boot: { BootOrder: [] } }),
    ...collection(`${service}/Managers`, 'Manager', [managerOf(profile, record, paths)]),
    ...collection(`${service}/Chassis`, 'Chassis', [chassisOf(profile, server, paths)]),
    ...collection(`${paths.system}/Processors`, 'Processor', processorsOf(profile, server, paths.system)),
    ...collection(`${paths.system}/Memory`, 'Memory', memoryOf(profile, server, paths.system)),
    ...(profile.nic ? collection(`${paths.system}/EthernetInterfaces`, 'EthernetInterface', portsOf(profile.nic, server, paths.system)) : []),
    ...storageOf(profile, server, record, paths),
    ...telemetryOf(profile, record, paths.chassis),
    ...servicesOf(profile, record, paths.manager),
  ];
}

export interface Paths {
  system: string;
  manager: string;
  chassis: string;
}

function rootOf({ root }: Profile, server: ServerHardware): Resource {
  return resource(service, 'ServiceRoot.v1_13_0.ServiceRoot', {
    Id: 'RootService', RedfishVersion: root.redfishVersion, UUID: server.uuid,
    ...(root.vendor && { Vendor: root.vendor }), ...(root.product && { Product: root.product }), ...(root.oem && { Oem: root.oem }),
    ProtocolFeaturesSupported: { ExpandQuery: { ExpandAll: false, Levels: root.expands, Links: false, ...(root.expands && { MaxLevels: 1 }), NoLinks: root.expands }, SelectQuery: false, FilterQuery: false },
    Systems: link(`${service}/Systems`), Managers: link(`${service}/Managers`), Chassis: link(`${service}/Chassis`),
    AccountService: link(`${service}/AccountService`), SessionService: link(`${service}/SessionService`), UpdateService: link(`${service}/UpdateService`), Tasks: link(`${service}/TaskService`),
    Links: { Sessions: link(`${service}/SessionService/Sessions`) },
  });
}

function systemOf(profile: Profile, server: ServerHardware, record: BmcRecord, paths: Paths): Resource {
  const totalMiB = server.memory.reduce((sum, dimm) => sum + dimm.sizeMiB, 0);
  return resource(paths.system, 'ComputerSystem.v1_16_0.ComputerSystem', {
    'Name': 'System', 'SystemType': 'Physical', 'AssetTag': '',
    'Manufacturer': server.manufacturer, 'Model': server.model, 'UUID': server.uuid, ...profile.identity(server),
    'BiosVersion': profile.version('bios', record.firmware.bios.version),
    'Status': healthy,
    'Boot': { 'BootSourceOverrideTarget@Redfish.AllowableValues': profile.bootTargets },
    'MemorySummary': { TotalSystemMemoryGiB: totalMiB / 1024, Status: healthy },
    'ProcessorSummary': { Count: server.processors.length, Model: server.processors[0]?.model, Status: healthy },
    'Processors': link(`${paths.system}/Processors`), 'Memory': link(`${paths.system}/Memory`), 'Storage': link(`${paths.system}/Storage`),
    ...(profile.nic && { EthernetInterfaces: link(`${paths.system}/EthernetInterfaces`) }),
    '@Redfish.Settings': { '@odata.type': '#Settings.v1_3_0.Settings', 'SettingsObject': link(`${paths.system}/Settings`) },
    'Links': { Chassis: [link(paths.chassis)], ManagedBy: [link(paths.manager)] },
    'Actions': {
      '#ComputerSystem.Reset': {
        target: `${paths.system}/Actions/ComputerSystem.Reset`,
        ...(profile.resetByActionInfo ? { '@Redfish.ActionInfo': `${paths.system}/ResetActionInfo` } : { 'ResetType@Redfish.AllowableValues': profile.resetTypes }),
      },
    },
  });
}

const managerOf = (profile: Profile, record: BmcRecord, paths: Paths): Resource =>
  resource(paths.manager, 'Manager.v1_14_0.Manager', {
    Name: 'Manager', ManagerType: 'BMC', Model: profile.managerModel, FirmwareVersion: profile.managerVersion?.(record.firmware.bmc.version) ?? profile.version('bmc', record.firmware.bmc.version), Status: healthy,
    LogServices: link(`${paths.manager}/LogServices`),
    Links: { ManagerForServers: [link(paths.system)], ManagerForChassis: [link(paths.chassis)] },
    Actions: { '#Manager.Reset': { 'target': `${paths.manager}/Actions/Manager.Reset`, 'ResetType@Redfish.AllowableValues': ['GracefulRestart'] } },
  });

const chassisOf = (profile: Profile, server: ServerHardware, paths: Paths): Resource =>
  resource(paths.chassis, 'Chassis.v1_20_0.Chassis', {
    Name: 'Computer System Chassis', ChassisType: 'RackMount', Manufacturer: server.manufacturer, Model: server.model, SerialNumber: server.serial, Status: healthy,
    ...(profile.telemetry !== 'new' && { Power: link(`${paths.chassis}/Power`), Thermal: link(`${paths.chassis}/Thermal`) }),
    ...(profile.telemetry !== 'old' && { EnvironmentMetrics: link(`${paths.chassis}/EnvironmentMetrics`), ThermalSubsystem: link(`${paths.chassis}/ThermalSubsystem`) }),
    Links: { ComputerSystems: [link(paths.system)], ManagedBy: [link(paths.manager)] },
  });

const processorsOf = (profile: Profile, server: ServerHardware, system: string): Resource[] =>
  server.processors.map((cpu, index) => {
    const { id, socket } = profile.processor(index);
    return resource(`${system}/Processors/${id}`, 'Processor.v1_12_0.Processor', { Socket: socket, ProcessorType: 'CPU', Model: cpu.model, TotalCores: cpu.cores, TotalThreads: cpu.threads, Status: healthy });
  });

const memoryOf = (profile: Profile, server: ServerHardware, system: string): Resource[] =>
  server.memory.map((dimm) => {
    const { id, locator } = profile.dimm(dimm.slot);
    return resource(`${system}/Memory/${id}`, 'Memory.v1_12_0.Memory', {
      DeviceLocator: locator, CapacityMiB: dimm.sizeMiB, Manufacturer: dimm.manufacturer, PartNumber: dimm.partNumber, SerialNumber: dimm.serial, OperatingSpeedMhz: dimm.speedMtps, Status: healthy,
    });
  });

const portsOf = (nic: NonNullable<Profile['nic']>, server: ServerHardware, system: string): Resource[] =>
  server.networkPorts.map((port, index) => {
    const { id, name } = nic(port.name, index);
    const isUp = server.cables.some((cable) => cable.localPort === port.name);
    return resource(`${system}/EthernetInterfaces/${id}`, 'EthernetInterface.v1_6_4.EthernetInterface', {
      Name: name, MACAddress: port.mac.toUpperCase(), PermanentMACAddress: port.mac.toUpperCase(), LinkStatus: isUp ? 'LinkUp' : 'LinkDown', SpeedMbps: isUp ? port.speedMbps : null, Status: healthy,
    });
  });
