import type { LogEntry } from '../state.ts';
import type { Resource } from '../tree.ts';
import type { FirmwareItem, Profile } from './profile.ts';

const item = (
  softwareId: string,
  fqdd: string,
  name: string,
  rest: Pick<FirmwareItem, 'component' | 'version'>,
): FirmwareItem => ({
  ...rest,
  softwareId,
  name,
  id: (version) => `Installed-${softwareId}-${version}__${fqdd}`,
  description: 'Represents Firmware Inventory',
});

/** The iDRAC stands in its own time zone. */
const localTime = (at: number) => `${new Date(at - 5 * 3_600_000).toISOString().slice(0, 19)}-05:00`;

const lifecycleEntry = ({ at, code, isAudit }: LogEntry): Resource => ({
  Created: localTime(at),
  EntryType: 'Oem',
  OemRecordFormat: 'Dell',
  MessageId: `IDRAC.2.8.${code ?? 'LOG203'}`,
  MessageArgs: [],
  Oem: {
    Dell: { '@odata.type': '#DellLCLogEntry.v1_1_0.DellLCLogEntry', Category: isAudit ? 'Audit' : 'System Health' },
  },
});

/** iDRAC9, as on PowerEdge of the 14th to 16th generation. */
export const idrac9: Profile = {
  root: {
    vendor: 'Dell',
    product: 'Integrated Dell Remote Access Controller',
    redfishVersion: '1.17.0',
    expands: true,
  },
  ids: { system: 'System.Embedded.1', manager: 'iDRAC.Embedded.1', chassis: 'System.Embedded.1' },
  managerModel: '16G Monolithic',
  // The service tag is the SKU; the board has a serial number of its own.
  identity: ({ serial }) => ({ SerialNumber: `CNFCP00${serial}`, SKU: serial }),
  processor: (index) => ({ id: `CPU.Socket.${index + 1}`, socket: `CPU.Socket.${index + 1}` }),
  dimm: (slot) => ({ id: `DIMM.Socket.${slot}`, locator: `DIMM ${slot}` }),
  drive: (_name, index) => ({ id: `Disk.Bay.${index}:Enclosure.Internal.0-1` }),
  nic: (_name, index) => ({ id: `NIC.Integrated.1-${index + 1}-1`, name: 'System Ethernet Interface' }),
  version: (_component, version) => version,
  firmware: [
    item('159', 'BIOS.Setup.1-1', 'BIOS', { component: 'bios' }),
    item('25227', 'iDRAC.Embedded.1-1', 'Integrated Dell Remote Access Controller', { component: 'bmc' }),
    item('108255', 'NIC.Integrated.1-1-1', 'Broadcom Adv. Dual 25Gb Ethernet', { component: 'nic' }),
    item('111302', 'Disk.Bay.0:Enclosure.Internal.0-1', 'PCIe SSD in Slot 0 in Bay 1', { component: 'storage' }),
    item('27763', 'CPLD.Embedded.1', 'System CPLD', { version: '1.0.9' }),
    item('108076', 'PSU.Slot.1', 'Power Supply.Slot.1', { version: '00.1D.7D' }),
  ],
  resetTypes: [
    'On',
    'ForceOff',
    'ForceRestart',
    'GracefulRestart',
    'GracefulShutdown',
    'PushPowerButton',
    'Nmi',
    'PowerCycle',
  ],
  bootTargets: ['None', 'Pxe', 'Floppy', 'Cd', 'Hdd', 'BiosSetup', 'Utilities', 'UefiTarget', 'SDCard', 'UefiHttp'],
  telemetry: 'both',
  sensors: 'with-cpu',
  storage: 'CPU.1',
  secureErase: { applyTimes: ['Immediate', 'OnReset'] },
  simpleUpdate: {
    protocols: ['HTTP', 'NFS', 'CIFS', 'TFTP', 'HTTPS'],
    applyTimes: ['Immediate', 'OnReset', 'OnStartUpdateRequest'],
  },
  sessionTimeout: 1800,
  sessionsToo: '/redfish/v1/Sessions',
  passwordLength: { min: 8, max: 40 },
  logs: [
    {
      id: 'Sel',
      home: 'manager',
      holds: 'events',
      isNewestFirst: true,
      isInline: true,
      entry: ({ at }) => ({ EntryType: 'SEL', Created: localTime(at) }),
    },
    {
      id: 'Lclog',
      home: 'manager',
      holds: 'all',
      isNewestFirst: true,
      isInline: true,
      pageSize: 50,
      entry: lifecycleEntry,
    },
    { id: 'FaultList', home: 'manager', holds: 'faults', isNewestFirst: true, isInline: true, entry: lifecycleEntry },
  ],
  logKeeps: 256,
  hasEventStream: true,
  eventTypes: ['Alert', 'MetricReport', 'Other'],
  managerResets: ['GracefulRestart'],
  messages: {
    prefix: 'IDRAC',
    version: '2.8.0',
    resolutions: {
      FAN0001: 'Remove and reinstall the fan.',
      PSU0003: 'Make sure that the input power cable is plugged in.',
      TMP0120: 'Check the system operating environment.',
      PDR16: 'Replace the drive at the next opportunity.',
    },
  },
};

/** iDRAC10, as on PowerEdge of the 17th generation: accounts by POST, boot override on the settings object. */
export const idrac10: Profile = {
  ...idrac9,
  managerModel: '17G Monolithic',
  root: { ...idrac9.root, redfishVersion: '1.20.1' },
};
