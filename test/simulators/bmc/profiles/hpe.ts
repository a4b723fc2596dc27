import type { LogEntry } from '../state.ts';
import type { Resource } from '../tree.ts';
import type { FirmwareItem, Profile } from './profile.ts';

const item = (
  id: string,
  name: string,
  description: string,
  rest: Pick<FirmwareItem, 'component' | 'version'>,
): FirmwareItem => ({ ...rest, id: () => id, name, description });

const managementEntry = ({ severity }: LogEntry): Resource => ({
  EntryType: 'Oem',
  OemRecordFormat: 'Hpe-IML',
  MessageId: '2.1',
  Oem: {
    Hpe: {
      '@odata.type': '#HpeLogEntry.v2_4_0.HpeLogEntry',
      Class: 2,
      Code: 1,
      Severity: severity === 'OK' ? 'Informational' : severity,
      ...(severity !== 'OK' && { RecommendedAction: 'Replace the part that the entry names.' }),
    },
  },
});

/** iLO 6, as on ProLiant Gen11. */
export const ilo6: Profile = {
  root: {
    vendor: 'HPE',
    redfishVersion: '1.20.0',
    oem: { Hpe: { Manager: [{ ManagerType: 'iLO 6' }] } },
    expands: true,
  },
  ids: { system: '1', manager: '1', chassis: '1' },
  managerModel: 'iLO 6',
  identity: ({ serial, sku }) => ({ SerialNumber: serial, SKU: sku }),
  processor: (index) => ({ id: String(index + 1), socket: `Proc ${index + 1}` }),
  dimm: (slot) => ({ id: `proc1dimm${slot.slice(1)}`, locator: `PROC 1 DIMM ${slot.slice(1)}` }),
  drive: (_name, index) => ({ id: String(index + 1), label: `Slot=18:Port=1:Box=1:Bay=${index + 1}` }),
  nic: (_name, index) => ({ id: String(index + 77), name: '' }),
  version: (component, version) =>
    ({ bios: `U54 v${version} (03/01/2024)`, bmc: `${version} Dec 13 2024`, nic: version, storage: version })[
      component
    ],
  managerVersion: (version) => `iLO 6 v${version}`,
  firmware: [
    item('1', 'iLO 6', 'SystemBMC', { component: 'bmc' }),
    item('2', 'System ROM', 'SystemRomActive', { component: 'bios' }),
    item('3', 'Redundant System ROM', 'SystemRomBackup', { version: 'U54 v1.32 (03/10/2023)' }),
    item('4', 'System Programmable Logic Device', 'SystemProgrammableLogicDevice', { version: '0x16' }),
    item('5', 'Power Supply Firmware', 'PowerSupplies', { version: '1.02' }),
    item('6', 'ConnectX-7 200GE 2P NIC', '15b3102115b30053', { component: 'nic' }),
    item('7', '1.60TB 64G NVMe SSD', 'MO001600KXVYH', { component: 'storage' }),
  ],
  resetTypes: ['On', 'ForceOff', 'GracefulShutdown', 'ForceRestart', 'Nmi', 'PushPowerButton', 'GracefulRestart'],
  bootTargets: [
    'None',
    'Cd',
    'Hdd',
    'Usb',
    'SDCard',
    'Utilities',
    'Diags',
    'BiosSetup',
    'Pxe',
    'UefiShell',
    'UefiHttp',
    'UefiTarget',
  ],
  telemetry: 'both',
  cpuUsageInSystem: true,
  storage: 'DE00A000',
  drivesInChassis: true,
  secureErase: {},
  simpleUpdate: { protocols: ['HTTP', 'HTTPS'] },
  sessionTimeout: 30,
  passwordLength: { min: 8, max: 39 },
  logs: [
    { id: 'IML', home: 'system', holds: 'events', entry: managementEntry },
    {
      id: 'IEL',
      home: 'manager',
      holds: 'audit',
      entry: () => ({ EntryType: 'Oem', OemRecordFormat: 'Hpe-iLOEventLog' }),
    },
  ],
  logKeeps: 200,
  managerResets: ['ForceRestart', 'GracefulRestart'],
};
