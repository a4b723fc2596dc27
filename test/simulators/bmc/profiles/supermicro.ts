import type { FirmwareItem, Profile } from './profile.ts';

const item = (id: string, name: string, rest: Pick<FirmwareItem, 'component' | 'version'>): FirmwareItem => ({
  ...rest,
  id: () => id,
  name,
});

/** Supermicro's own firmware on an AST2600, as on X13 and H13 boards. */
export const supermicro: Profile = {
  root: { vendor: 'Supermicro', redfishVersion: '1.14.0', oem: { Supermicro: {} }, expands: true },
  ids: { system: '1', manager: '1', chassis: '1' },
  managerModel: 'ASPEED',
  identity: ({ serial }) => ({ SerialNumber: serial, SKU: 'To be filled by O.E.M.' }),
  processor: (index) => ({ id: String(index + 1), socket: `CPU${index + 1}` }),
  dimm: (slot) => ({ id: slot.slice(1), locator: `P1-DIMM${slot}` }),
  drive: (_name, index) => ({ id: `Disk.Bay.${index}` }),
  nic: (_name, index) => ({ id: String(index + 1), name: `OnBoard LAN ${index + 1}` }),
  version: (_component, version) => version,
  firmware: [
    item('BIOS', 'BIOS Firmware', { component: 'bios' }),
    item('BMC', 'BMC Firmware', { component: 'bmc' }),
    item('NIC1', 'AOC Network Adapter NIC', { component: 'nic' }),
    item('NVMeSSD.0', 'NVMe Disk.Bay.0', { component: 'storage' }),
    item('CPLD_Motherboard', 'Motherboard CPLD', { version: 'F1.00.83' }),
  ],
  resetTypes: [
    'On',
    'ForceOff',
    'GracefulShutdown',
    'GracefulRestart',
    'ForceRestart',
    'Nmi',
    'ForceOn',
    'PushPowerButton',
  ],
  resetByActionInfo: true,
  bootTargets: ['None', 'Pxe', 'Floppy', 'Cd', 'Usb', 'Hdd', 'BiosSetup', 'UsbCd', 'UefiBootNext', 'UefiHttp'],
  telemetry: 'old',
  storage: 'NVMeSSD',
  secureErase: { methods: ['BlockErase', 'CryptographicErase', 'Overwrite'] },
  simpleUpdate: { protocols: ['HTTP', 'HTTPS'] },
  sessionTimeout: 300,
  passwordLength: { min: 8, max: 20 },
  logs: [{ id: 'Log1', home: 'system', holds: 'events' }],
  logKeeps: 256,
  eventTypes: ['StatusChange', 'ResourceUpdated', 'ResourceAdded', 'ResourceRemoved', 'Alert'],
  managerResets: ['GracefulRestart'],
};
