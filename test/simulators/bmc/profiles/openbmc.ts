import type { FirmwareItem, Profile } from './profile.ts';

const item = (id: string, description: string, component: FirmwareItem['component']): FirmwareItem => ({
  id: () => id,
  name: 'Software Inventory',
  description,
  ...(component && { component }),
});

/** OpenBMC: takes firmware by push only, erases nothing, lists no network ports of the host. */
export const openbmc: Profile = {
  root: { redfishVersion: '1.17.0', expands: false },
  ids: { system: 'system', manager: 'bmc', chassis: 'chassis' },
  managerModel: 'OpenBmc',
  identity: ({ serial, sku }) => ({ SerialNumber: serial, SKU: sku }),
  processor: (index) => ({ id: `cpu${index}`, socket: `CPU ${index}` }),
  dimm: (slot) => ({ id: `dimm${slot.slice(1)}`, locator: `DIMM ${slot}` }),
  drive: (_name, index) => ({ id: `nvme${index}` }),
  version: (component, version) => (component === 'bmc' ? `${version}-dev-686` : version),
  firmware: [item('5d0869c4', 'BMC image', 'bmc'), item('a1b2c3d4', 'BIOS image', 'bios')],
  resetTypes: ['On', 'ForceOff', 'ForceOn', 'ForceRestart', 'GracefulRestart', 'GracefulShutdown', 'PowerCycle', 'Nmi'],
  resetByActionInfo: true,
  bootTargets: ['None', 'Pxe', 'Hdd', 'Cd', 'Diags', 'BiosSetup', 'Usb'],
  telemetry: 'new',
  sensors: 'plain',
  storage: '1',
  sessionTimeout: 1800,
  passwordLength: { min: 8, max: 20 },
  logs: [
    {
      id: 'EventLog',
      home: 'system',
      holds: 'events',
      isInline: true,
      entry: ({ code }) =>
        code ? { MessageId: `OpenBMC.0.1.${code}`, Resolution: 'See the event log of the board.' } : {},
    },
  ],
  logKeeps: 200,
  hasEventStream: true,
  managerResets: ['GracefulRestart', 'ForceRestart'],
};
