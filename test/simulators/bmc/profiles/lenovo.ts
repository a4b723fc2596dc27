import type { FirmwareItem, Profile } from './profile.ts';

const item = (
  id: string,
  name: string,
  softwareId: string,
  rest: Pick<FirmwareItem, 'component' | 'version'>,
): FirmwareItem => ({ ...rest, id: () => id, name, softwareId });

/** XClarity Controller, as on ThinkSystem V2: no secure erase of single drives. */
export const xcc: Profile = {
  root: { vendor: 'Lenovo', redfishVersion: '1.15.0', expands: true },
  ids: { system: '1', manager: '1', chassis: '1' },
  managerModel: 'Lenovo XClarity Controller',
  identity: ({ serial }) => ({ SerialNumber: serial, SKU: '7D2VCTO1WW' }),
  processor: (index) => ({ id: String(index + 1), socket: `CPU ${index + 1}` }),
  dimm: (slot) => ({ id: slot.slice(1), locator: `DIMM ${slot.slice(1)}` }),
  drive: (_name, index) => ({ id: `Drive.Bay_${index}`, label: `Drive Bay ${index}` }),
  nic: (_name, index) => ({ id: `NIC${index + 1}`, name: 'External Ethernet Interface' }),
  version: (component, version) =>
    ({ bios: `22J-${version}`, bmc: `42S-${version}`, nic: version, storage: version })[component],
  managerVersion: (version) => `TGBT42S ${version} 2023-07-05`,
  firmware: [
    item('BMC-Primary', 'Firmware:BMC', 'BMC-TGBT-10', { component: 'bmc' }),
    item('BMC-Backup', 'Firmware:BMC', 'BMC-TGBT-10', { version: '42S-2.10' }),
    item('UEFI', 'Firmware:UEFI', 'UEFI-U8E1-6', { component: 'bios' }),
    item('Slot_15.Bundle', 'Firmware:DEVICE-NetworkAdapter', 'DEVICE-15B30128-10', { component: 'nic' }),
    item('Disk1', 'Firmware:DISK-Micron_7450', 'DISK-MTFDKBA960TFR-3-10', { component: 'storage' }),
  ],
  resetTypes: ['On', 'Nmi', 'GracefulShutdown', 'GracefulRestart', 'ForceOn', 'ForceOff', 'ForceRestart'],
  bootTargets: ['None', 'Pxe', 'Cd', 'Usb', 'Hdd', 'BiosSetup', 'Diags', 'UefiTarget'],
  telemetry: 'both',
  sensors: 'plain',
  storage: 'Direct_Attached_NVMe',
  simpleUpdate: { protocols: ['TFTP', 'SFTP', 'HTTPS', 'HTTP'] },
  sessionTimeout: 300,
  passwordLength: { min: 10, max: 32 },
  logs: [
    {
      id: 'PlatformLog',
      home: 'system',
      holds: 'events',
      entry: ({ code }) => ({
        EntryType: 'Oem',
        OemRecordFormat: 'Lenovo',
        ...(code && {
          Oem: { Lenovo: { '@odata.type': '#LenovoLogEntry.v1_0_0.PlatformLogEntry', CommonEventID: `FQXSP${code}` } },
        }),
      }),
    },
    {
      id: 'ActiveLog',
      home: 'system',
      holds: 'faults',
      entry: () => ({ EntryType: 'Oem', OemRecordFormat: 'Lenovo' }),
    },
    { id: 'AuditLog', home: 'system', holds: 'audit', entry: () => ({ EntryType: 'Oem', OemRecordFormat: 'Lenovo' }) },
  ],
  logKeeps: 256,
  hasEventStream: true,
  managerResets: ['GracefulRestart', 'ForceRestart'],
};
