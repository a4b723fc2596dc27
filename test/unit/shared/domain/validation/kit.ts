import { expectationOf, type Described } from '../../../../../shared/domain/validation/expected.ts';
import { validate, type Validation } from '../../../../../shared/domain/validation/validate.ts';
import type { ManifestItem, ServerFacts } from '../../../../../shared/facts/server.ts';
import type { IntendedCable, ModelProfile } from '../../../../../shared/ports/dcim.ts';

export const config = {
  cpu: '2x Intel Xeon Gold 6530',
  ram: '512GB DDR5',
  storage: '4x 3.84TB NVMe',
  network: '2x 100GbE',
};
export const manifest: ManifestItem = {
  serial: 'SGH1',
  model: 'ProLiant DL360 Gen11',
  manufacturer: 'HPE',
  bmcMac: '02:00:00:00:00:00',
  macs: ['02:00:00:00:00:01', '02-00-00-00-00-02'],
  config,
};
export const profile: ModelProfile = {
  manufacturer: 'HPE',
  model: 'ProLiant DL360 Gen11',
  heightUnits: 1,
  networkPorts: [{ name: 'NIC 1' }, { name: 'NIC 2' }],
  managementPorts: ['iLO'],
  powerPorts: ['PSU 1', 'PSU 2'],
  bays: ['OCP 1'],
};
export const aCable = (number: number, change: Partial<IntendedCable> = {}): IntendedCable => ({
  kind: 'network',
  localPort: `NIC ${number}`,
  localMac: `02:00:00:00:00:0${number}`,
  peerDevice: `leaf-${number}`,
  peerPort: 'Ethernet1/1',
  isConnected: false,
  local: { speedMbps: 100_000, formFactor: 'QSFP28' },
  peer: { speedMbps: 100_000, formFactor: 'QSFP28' },
  ...change,
});
const list = <T>(length: number, make: (n: number) => T): T[] => Array.from({ length }, (_, index) => make(index + 1));

/** What the validation image measures on a machine that is as it was ordered. */
export const asOrdered: ServerFacts = {
  source: 'validation-image',
  identity: { serial: 'SGH1', model: 'ProLiant DL360 Gen11' },
  processors: list(2, (n) => ({ socket: `Proc ${n}`, model: 'INTEL(R) XEON(R) GOLD 6530' })),
  memory: {
    totalMiB: 512 * 1024 - 900,
    modules: list(16, (n) => ({ slot: `A${n}`, sizeMiB: 32_768, speedMtps: 4800 })),
  }, // firmware keeps a little
  drives: list(4, (n) => ({
    name: `nvme${n}n1`,
    serial: `S${n}`,
    sizeBytes: 3_840_755_982_336,
    media: 'nvme' as const,
    health: 'ok' as const,
  })),
  networkPorts: list(2, (n) => ({
    name: `ens1f${n}`,
    mac: `02:00:00:00:00:0${n}`,
    isLinkUp: true,
    speedMbps: 100_000,
  })),
  neighbours: list(2, (n) => ({ localPort: `ens1f${n}`, systemName: `leaf-${n}.dc.example`, portId: 'Eth1/1' })),
};

export interface Changes {
  inBand?: Partial<ServerFacts>;
  outOfBand?: Partial<ServerFacts> | null;
  server?: Partial<Described>;
  cables?: readonly IntendedCable[];
  profile?: Partial<ModelProfile>;
}

/** The comparison of a machine that is as ordered but for these changes. */
export const compare = ({
  inBand,
  outOfBand = null,
  server,
  cables = [aCable(1), aCable(2)],
  profile: otherProfile,
}: Changes = {}): Validation =>
  validate(
    { ...asOrdered, ...inBand },
    outOfBand && { source: 'redfish', identity: { serial: 'SGH1' }, ...outOfBand },
    expectationOf({ serial: 'SGH1', model: manifest.model, macs: manifest.macs, config, manifest, ...server }, cables, {
      ...profile,
      ...otherProfile,
    }),
  );
