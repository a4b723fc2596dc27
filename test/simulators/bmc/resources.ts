import { actualHardware, type ServerHardware } from './hardware.ts';
import { logServices } from './log.ts';
import { cpuUsageOf } from './measured.ts';
import type { Profile } from './profiles/profile.ts';
import { collection, healthy, link, resource, service } from './resource.ts';
import { inventoryOf, messagesOf, servicesOf } from './services.ts';
import { settingsLinks, settingsResources } from './settings.ts';
import type { BmcRecord } from './state.ts';
import { storageOf } from './storage.ts';
import { telemetryLinks, telemetryOf } from './telemetry.ts';
import { normal, type Resource, type Tree } from './tree.ts';

export interface Paths {
  system: string;
  manager: string;
  chassis: string;
}

/**
 * Resources below a path, made when first asked for. `isLive`: made anew each time, since they change by themselves.
 */
interface Branch {
  at: string;
  isLive?: true;
  make(): Resource[];
}

/**
 * What one built BMC serves: from what its machine is made of, what firmware runs on it and what is on its
 * drives. Branch by branch as somebody asks: of five thousand machines in one process most are asked for little.
 */
export function builtTree(profile: Profile, record: BmcRecord): Tree {
  const branches = branchesOf(profile, record).map((branch) => ({ ...branch, at: normal(branch.at) }));
  const made = new Map<Branch, Map<string, Resource>>();
  return {
    get: (resourcePath) => {
      const path = normal(resourcePath);
      const branch = branches.find(({ at }) => path === at || path.startsWith(`${at}/`));
      if (!branch) return undefined;
      if (branch.isLive) return branch.make().find((each) => normal(String(each['@odata.id'])) === path);
      const known = made.get(branch) ?? new Map(branch.make().map((each) => [normal(String(each['@odata.id'])), each]));
      made.set(branch, known);
      return known.get(path);
    },
  };
}

/** The more special path first: the first that fits is asked. */
function branchesOf(profile: Profile, record: BmcRecord): Branch[] {
  const server = actualHardware(record.hardware, record.physicalFaults);
  const paths: Paths = {
    system: `${service}/Systems/${profile.ids.system}`,
    manager: `${service}/Managers/${profile.ids.manager}`,
    chassis: `${service}/Chassis/${profile.ids.chassis}`,
  };
  const { system, manager, chassis } = paths;
  const storage = () => storageOf(profile, server, record, paths);
  const telemetry = (): Resource[] => telemetryOf(profile, record, chassis);
  return [
    {
      at: `${system}/Processors`,
      make: () => collection(`${system}/Processors`, 'Processor', processorsOf(profile, server, system)),
    },
    { at: `${system}/Memory`, make: () => collection(`${system}/Memory`, 'Memory', memoryOf(profile, server, system)) },
    {
      at: `${system}/EthernetInterfaces`,
      make: () =>
        profile.nic
          ? collection(`${system}/EthernetInterfaces`, 'EthernetInterface', portsOf(profile.nic, server, system))
          : [],
    },
    { at: `${system}/Storage`, isLive: true, make: storage },
    { at: `${chassis}/Drives`, isLive: true, make: storage },
    ...[`${system}/Bios`, `${manager}/NetworkProtocol`, `${manager}/EthernetInterfaces`].map((at): Branch => ({
      at,
      isLive: true,
      make: () => settingsResources(profile, record),
    })),
    { at: `${system}/LogServices`, make: () => logServices(profile) },
    { at: `${manager}/LogServices`, make: () => logServices(profile) },
    ...['Power', 'Thermal', 'EnvironmentMetrics', 'PowerSubsystem', 'ThermalSubsystem', 'Sensors'].map(
      (name): Branch => ({ at: `${chassis}/${name}`, isLive: true, make: telemetry }),
    ),
    {
      at: `${service}/Systems`,
      isLive: true,
      make: () => [
        ...collection(`${service}/Systems`, 'ComputerSystem', [systemOf(profile, server, record, paths)]),
        resource(`${system}/Settings`, 'ComputerSystem.v1_16_0.ComputerSystem', {
          Name: 'Pending settings',
          Boot: { BootOrder: [] },
        }),
        ...(profile.resetByActionInfo ? [allowed(`${system}/ResetActionInfo`, profile.resetTypes)] : []),
      ],
    },
    {
      at: `${service}/Managers`,
      isLive: true,
      make: () => [
        ...collection(`${service}/Managers`, 'Manager', [managerOf(profile, record, paths)]),
        ...(profile.resetByActionInfo ? [allowed(`${manager}/ResetActionInfo`, profile.managerResets)] : []),
      ],
    },
    {
      at: `${service}/Chassis`,
      make: () => collection(`${service}/Chassis`, 'Chassis', [chassisOf(profile, server, paths)]),
    },
    { at: `${service}/UpdateService/FirmwareInventory`, isLive: true, make: () => inventoryOf(profile, record) },
    { at: `${service}/Registries`, make: () => messagesOf(profile) },
    { at: `${service}/SessionService`, isLive: true, make: () => servicesOf(profile, record.settings.sessionTimeout) },
    ...['UpdateService', 'AccountService', 'TaskService', 'EventService'].map((name): Branch => ({
      at: `${service}/${name}`,
      make: () => servicesOf(profile),
    })),
    { at: service, make: () => [rootOf(profile, server)] },
  ];
}

const allowed = (path: string, types: string[]): Resource =>
  resource(path, 'ActionInfo.v1_1_2.ActionInfo', {
    Parameters: [{ Name: 'ResetType', Required: true, DataType: 'String', AllowableValues: types }],
  });

function rootOf({ root, messages }: Profile, server: ServerHardware): Resource {
  return resource(service, 'ServiceRoot.v1_13_0.ServiceRoot', {
    Id: 'RootService',
    RedfishVersion: root.redfishVersion,
    UUID: server.uuid,
    ...(root.vendor && { Vendor: root.vendor }),
    ...(root.product && { Product: root.product }),
    ...(root.oem && { Oem: root.oem }),
    ProtocolFeaturesSupported: {
      ExpandQuery: {
        ExpandAll: false,
        Levels: root.expands,
        Links: false,
        ...(root.expands && { MaxLevels: 1 }),
        NoLinks: root.expands,
      },
      SelectQuery: false,
      FilterQuery: false,
    },
    Systems: link(`${service}/Systems`),
    Managers: link(`${service}/Managers`),
    Chassis: link(`${service}/Chassis`),
    ...(messages && { Registries: link(`${service}/Registries`) }),
    AccountService: link(`${service}/AccountService`),
    SessionService: link(`${service}/SessionService`),
    UpdateService: link(`${service}/UpdateService`),
    Tasks: link(`${service}/TaskService`),
    EventService: link(`${service}/EventService`),
    Links: { Sessions: link(`${service}/SessionService/Sessions`) },
  });
}

function systemOf(profile: Profile, server: ServerHardware, record: BmcRecord, paths: Paths): Resource {
  const totalMiB = server.memory.reduce((sum, dimm) => sum + dimm.sizeMiB, 0);
  return resource(paths.system, 'ComputerSystem.v1_16_0.ComputerSystem', {
    Name: 'System',
    SystemType: 'Physical',
    AssetTag: '',
    Manufacturer: server.manufacturer,
    Model: server.model,
    UUID: server.uuid,
    ...profile.identity(server),
    BiosVersion: profile.version('bios', record.firmware.bios.version),
    Status: healthy,
    Boot: { 'BootSourceOverrideTarget@Redfish.AllowableValues': profile.bootTargets },
    MemorySummary: { TotalSystemMemoryGiB: totalMiB / 1024, Status: healthy },
    ProcessorSummary: { Count: server.processors.length, Model: server.processors[0]?.model, Status: healthy },
    Processors: link(`${paths.system}/Processors`),
    Memory: link(`${paths.system}/Memory`),
    Storage: link(`${paths.system}/Storage`),
    ...(profile.nic && { EthernetInterfaces: link(`${paths.system}/EthernetInterfaces`) }),
    ...settingsLinks(profile).system,
    ...(profile.logs.some(({ home }) => home === 'system') && { LogServices: link(`${paths.system}/LogServices`) }),
    ...(profile.cpuUsageInSystem && {
      Oem: {
        Hpe: {
          '@odata.type': '#HpeComputerSystemExt.v2_12_0.HpeComputerSystemExt',
          SystemUsage: { CPUUtil: cpuUsageOf(record) },
        },
      },
    }),
    '@Redfish.Settings': {
      '@odata.type': '#Settings.v1_3_0.Settings',
      SettingsObject: link(`${paths.system}/Settings`),
    },
    Links: { Chassis: [link(paths.chassis)], ManagedBy: [link(paths.manager)] },
    Actions: {
      '#ComputerSystem.Reset': {
        target: `${paths.system}/Actions/ComputerSystem.Reset`,
        ...(profile.resetByActionInfo
          ? { '@Redfish.ActionInfo': `${paths.system}/ResetActionInfo` }
          : { 'ResetType@Redfish.AllowableValues': profile.resetTypes }),
      },
    },
  });
}

const managerOf = (profile: Profile, record: BmcRecord, paths: Paths): Resource =>
  resource(paths.manager, 'Manager.v1_14_0.Manager', {
    Name: 'Manager',
    ManagerType: 'BMC',
    Model: profile.managerModel,
    FirmwareVersion:
      profile.managerVersion?.(record.firmware.bmc.version) ?? profile.version('bmc', record.firmware.bmc.version),
    Status: healthy,
    ...settingsLinks(profile).manager,
    ...(profile.logs.some(({ home }) => home === 'manager') && { LogServices: link(`${paths.manager}/LogServices`) }),
    Links: { ManagerForServers: [link(paths.system)], ManagerForChassis: [link(paths.chassis)] },
    Actions: {
      '#Manager.Reset': {
        target: `${paths.manager}/Actions/Manager.Reset`,
        ...(profile.resetByActionInfo
          ? { '@Redfish.ActionInfo': `${paths.manager}/ResetActionInfo` }
          : { 'ResetType@Redfish.AllowableValues': profile.managerResets }),
      },
    },
  });

const chassisOf = (profile: Profile, server: ServerHardware, paths: Paths): Resource =>
  resource(paths.chassis, 'Chassis.v1_20_0.Chassis', {
    Name: 'Computer System Chassis',
    ChassisType: 'RackMount',
    Manufacturer: server.manufacturer,
    Model: server.model,
    SerialNumber: server.serial,
    Status: healthy,
    ...telemetryLinks(profile, paths.chassis),
    Links: { ComputerSystems: [link(paths.system)], ManagedBy: [link(paths.manager)] },
  });

const processorsOf = (profile: Profile, server: ServerHardware, system: string): Resource[] =>
  server.processors.map((cpu, index) => {
    const { id, socket } = profile.processor(index);
    return resource(`${system}/Processors/${id}`, 'Processor.v1_12_0.Processor', {
      Socket: socket,
      ProcessorType: 'CPU',
      Model: cpu.model,
      TotalCores: cpu.cores,
      TotalThreads: cpu.threads,
      Status: healthy,
    });
  });

const memoryOf = (profile: Profile, server: ServerHardware, system: string): Resource[] =>
  server.memory.map((dimm) => {
    const { id, locator } = profile.dimm(dimm.slot);
    return resource(`${system}/Memory/${id}`, 'Memory.v1_12_0.Memory', {
      DeviceLocator: locator,
      CapacityMiB: dimm.sizeMiB,
      Manufacturer: dimm.manufacturer,
      PartNumber: dimm.partNumber,
      SerialNumber: dimm.serial,
      OperatingSpeedMhz: dimm.speedMtps,
      Status: healthy,
    });
  });

const portsOf = (nic: NonNullable<Profile['nic']>, server: ServerHardware, system: string): Resource[] =>
  server.networkPorts.map((port, index) => {
    const { id, name } = nic(port.name, index);
    const isUp = server.cables.some((cable) => cable.localPort === port.name);
    return resource(`${system}/EthernetInterfaces/${id}`, 'EthernetInterface.v1_6_4.EthernetInterface', {
      Name: name,
      MACAddress: port.mac.toUpperCase(),
      PermanentMACAddress: port.mac.toUpperCase(),
      LinkStatus: isUp ? 'LinkUp' : 'LinkDown',
      SpeedMbps: isUp ? port.speedMbps : null,
      Status: healthy,
    });
  });
