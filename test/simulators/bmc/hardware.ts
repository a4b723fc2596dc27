import type { Quirks } from '../../../shared/adapters/redfish/quirks.ts';
import type { ManifestItem } from '../../../shared/facts/server.ts';
import type { UpdatableComponent } from '../../../shared/ports/bmc.ts';
import type { CablePlan } from '../../../shared/ports/dcim.ts';

export type ProfileName =
  | 'dell-idrac9'
  | 'dell-idrac10'
  | 'hpe-ilo6'
  | 'supermicro'
  | 'lenovo-xcc'
  | 'ami-megarac'
  | 'openbmc';

export interface Cpu {
  model: string;
  cores: number;
  threads: number;
}
export interface Dimm {
  slot: string;
  sizeMiB: number;
  manufacturer: string;
  partNumber: string;
  serial: string;
  speedMtps: number;
}
export interface Disk {
  name: string;
  model: string;
  serial: string;
  sizeBytes: number;
  media: 'nvme' | 'ssd' | 'hdd';
}
export interface Nic {
  name: string;
  mac: string;
  speedMbps: number;
}
/** A cable as it hangs: from one of the server's ports to a switch's. */
export interface Cable {
  localPort: string;
  switchName: string;
  switchPort: string;
}

/** A machine as it left the factory, plus where it stands and what is plugged into it. Plain JSON. */
export interface ServerHardware {
  serial: string;
  manufacturer: string;
  model: string;
  /** How its BMC behaves; or which recorded tree it answers with, under its own serial number or the recorded one's. */
  profile: ProfileName | { recorded: string; isRenamed?: true };
  datacenter: string;
  uuid: string;
  sku: string;
  bmcMac: string;
  processors: Cpu[];
  memory: Dimm[];
  drives: Disk[];
  networkPorts: Nic[];
  firmware: Record<UpdatableComponent, string>;
  factoryAccount: { username: string; password: string };
  cables: Cable[];
  /** Peculiarities switched on or off for this one machine, beside those of its platform class. */
  quirks?: Partial<Quirks>;
}

/** What is physically wrong with one machine. Its BMC and its own operating system see the same. */
export type PhysicalFault =
  | { kind: 'wrong-dimm'; slot: string; sizeMiB: number }
  | { kind: 'missing-dimm'; slot: string }
  | { kind: 'missing-drive'; name: string }
  | { kind: 'wrong-cable'; localPort: string; switchName: string; switchPort: string }
  | { kind: 'link-down'; port: string }
  /** `system`, or the name of a drive or memory slot: a part that was swapped. */
  | { kind: 'wrong-serial'; component: string; serial: string }
  /** Looks right and breaks under load. */
  | { kind: 'weak-dimm'; slot: string }
  /** Has a link, and loses packets. */
  | { kind: 'lossy-link'; port: string }
  /** By serial number: says that it erases itself, and keeps what is on it. */
  | { kind: 'keeps-data'; drive: string };

/** The machine as it really is: what left the factory, with what is wrong with it. */
export function actualHardware(server: ServerHardware, faults: readonly PhysicalFault[]): ServerHardware {
  return faults.reduce<ServerHardware>((now, fault) => {
    switch (fault.kind) {
      case 'wrong-dimm':
        return {
          ...now,
          memory: now.memory.map((each) => (each.slot === fault.slot ? { ...each, sizeMiB: fault.sizeMiB } : each)),
        };
      case 'missing-dimm':
        return { ...now, memory: now.memory.filter((each) => each.slot !== fault.slot) };
      case 'missing-drive':
        return { ...now, drives: now.drives.filter((each) => each.name !== fault.name) };
      case 'wrong-cable':
        return {
          ...now,
          cables: now.cables.map((each) =>
            each.localPort === fault.localPort
              ? { localPort: each.localPort, switchName: fault.switchName, switchPort: fault.switchPort }
              : each,
          ),
        };
      case 'link-down':
        return { ...now, cables: now.cables.filter((each) => each.localPort !== fault.port) };
      case 'wrong-serial':
        return fault.component === 'system'
          ? { ...now, serial: fault.serial }
          : {
              ...now,
              memory: now.memory.map((each) =>
                each.slot === fault.component ? { ...each, serial: fault.serial } : each,
              ),
              drives: now.drives.map((each) =>
                each.name === fault.component ? { ...each, serial: fault.serial } : each,
              ),
            };
      // Nothing that one sees: it shows in work.
      case 'weak-dimm':
      case 'lossy-link':
      case 'keeps-data':
        return now;
    }
  }, server);
}

/** Whose machines behave how, and the login that every one of them leaves the factory with, as once everywhere. */
const makers: readonly { name: RegExp; profile: ProfileName; account: ServerHardware['factoryAccount'] }[] = [
  { name: /dell/i, profile: 'dell-idrac9', account: { username: 'root', password: 'calvin-2026' } },
  { name: /hpe/i, profile: 'hpe-ilo6', account: { username: 'Administrator', password: 'pull-tag-2026' } },
  { name: /lenovo/i, profile: 'lenovo-xcc', account: { username: 'USERID', password: 'PASSW0RD-2026' } },
  { name: /super ?micro/i, profile: 'supermicro', account: { username: 'ADMIN', password: 'ADMIN-2026' } },
  { name: /asrock/i, profile: 'ami-megarac', account: { username: 'admin', password: 'megarac-2026' } },
  { name: /./, profile: 'openbmc', account: { username: 'root', password: '0penBmc-2026' } },
];
const makerOf = (manufacturer: string) =>
  makers.find(({ name }) => name.test(manufacturer)) ?? makers[makers.length - 1]!;

/** To be put into the safe before the first machine of a maker arrives. */
export const factoryAccount = (manufacturer: string): ServerHardware['factoryAccount'] => ({
  ...makerOf(manufacturer).account,
});

const factoryFirmware: Record<ProfileName, ServerHardware['firmware']> = {
  'dell-idrac9': { bios: '2.1.5', bmc: '7.00.60.00', nic: '22.31.6', storage: '2.1.3' },
  'dell-idrac10': { bios: '1.2.6', bmc: '1.20.25.00', nic: '22.31.6', storage: '2.1.3' },
  'hpe-ilo6': { bios: '2.16', bmc: '1.58', nic: '28.39.1002', storage: 'HPK4' },
  supermicro: { bios: '2.0', bmc: '01.03.14', nic: '9.20', storage: 'EDA7602Q' },
  'lenovo-xcc': { bios: '1.51', bmc: '2.83', nic: '24.41.1000', storage: 'E2MU200' },
  'ami-megarac': { bios: '3.20', bmc: '12.10.05', nic: '9.20', storage: 'EDA7602Q' },
  openbmc: { bios: '1.0.0', bmc: '2.15.0', nic: '1.0.0', storage: '1.0.0' },
};

/**
 * The machine a vendor ships for a manifest line: built from the words of the order (`2x Intel Xeon Gold
 * 6530`, `512GB DDR5`, `4x 3.84TB NVMe`, `2x 100GbE`). Parts' serial numbers follow from the server's.
 */
export function hardwareFromManifest(
  item: ManifestItem,
  place: { datacenter: string; cables?: readonly CablePlan[]; profile?: ProfileName },
): ServerHardware {
  const profile = place.profile ?? makerOf(item.manufacturer).profile;
  const networkPorts = item.macs.map((mac, index) => ({
    name: `eno${index + 1}`,
    mac: mac.toLowerCase(),
    speedMbps: speedOf(item.config.network),
  }));
  return {
    serial: item.serial,
    manufacturer: item.manufacturer,
    model: item.model,
    profile,
    datacenter: place.datacenter,
    uuid: uuidOf(item.serial),
    sku: `${item.model.replace(/\W+/g, '').slice(-6).toUpperCase()}-B21`,
    bmcMac: item.bmcMac,
    processors: cpusOf(item.config.cpu),
    memory: dimmsOf(item.config.ram, item.serial),
    drives: disksOf(item.config.storage, item.serial),
    networkPorts,
    firmware: { ...factoryFirmware[profile] },
    factoryAccount: factoryAccount(item.manufacturer),
    cables: pluggedIn(place.cables ?? [], networkPorts),
  };
}

/** Network cables as planned, each in the port whose MAC or name the plan gives: Linux has names of its own. */
const pluggedIn = (plan: readonly CablePlan[], ports: readonly Nic[]): Cable[] =>
  plan
    .filter(({ kind }) => kind === 'network')
    .flatMap((cable) => {
      const port = ports.find(({ mac, name }) =>
        cable.localMac ? mac === cable.localMac.toLowerCase() : name === cable.localPort,
      );
      return port ? [{ localPort: port.name, switchName: cable.peerDevice, switchPort: cable.peerPort }] : [];
    });

const times = (text: string) => Number(/^(\d+)\s*x\s/i.exec(text)?.[1] ?? 1);
const list = <T>(length: number, make: (index: number) => T) => Array.from({ length }, (_, index) => make(index));

/** Cores by model where we know it; else a common size. */
const knownCores: Record<string, number> = { 6530: 32, 6430: 32, 4410: 12, 5420: 28, 8462: 32, 9354: 32, 9554: 64 };
function cpusOf(text: string): Cpu[] {
  const model = text.replace(/^\d+\s*x\s*/i, '');
  const cores = knownCores[/\d{4}/.exec(model)?.[0] ?? ''] ?? 16;
  return list(times(text), () => ({ model, cores, threads: cores * 2 }));
}

function dimmsOf(text: string, serial: string): Dimm[] {
  const totalMiB = Math.round(times(text) * gigabytesIn(text, 1024)) * 1024;
  const sizeMiB = [65536, 32768, 16384].find((size) => totalMiB % size === 0 && totalMiB / size >= 4) ?? totalMiB;
  const isDdr5 = /DDR5/i.test(text);
  return list(totalMiB / sizeMiB, (index) => ({
    slot: `A${index + 1}`,
    sizeMiB,
    manufacturer: 'Samsung',
    partNumber: isDdr5 ? 'M321R4GA3EB0-CWMXJ' : 'M393A4K40DB3-CWE',
    serial: `${partNumber(serial, 'D')}${String(index).padStart(2, '0')}`,
    speedMtps: isDdr5 ? 4800 : 3200,
  }));
}

function disksOf(text: string, serial: string): Disk[] {
  const sizeBytes = Math.round(gigabytesIn(text, 1000) * 1e9);
  const media = /NVMe/i.test(text) ? 'nvme' : /HDD|SAS|7\.2k/i.test(text) ? 'hdd' : 'ssd';
  return list(times(text), (index) => ({
    name: `Bay ${index}`,
    model: media === 'nvme' ? 'KIOXIA CM7-R' : 'PM893',
    serial: `${partNumber(serial, 'S')}${String(index).padStart(2, '0')}`,
    sizeBytes,
    media,
  }));
}

/** Gigabytes in a text; of memory a terabyte has 1024 of them, of a drive 1000. */
function gigabytesIn(text: string, perTerabyte: number): number {
  const [, amount, unit] = /([\d.]+)\s*(TB|GB)/i.exec(text) ?? [];
  return Number(amount ?? 64) * (/TB/i.test(unit ?? '') ? perTerabyte : 1);
}
const speedOf = (text: string) => Number(/(\d+)\s*Gb/i.exec(text)?.[1] ?? 10) * 1000;
const partNumber = (serial: string, kind: string) =>
  `${kind}${hash(serial + kind)
    .slice(0, 7)
    .toUpperCase()}`;
const uuidOf = (serial: string) =>
  `${hash(serial)}-4c4c-4544-8050-${hash(serial + 'u')}${hash(serial + 'w').slice(0, 4)}`;

/** FNV-1a, eight hexadecimal digits: parts' numbers must be the same on every run. */
function hash(text: string): string {
  let value = 0x811c9dc5;
  for (const char of text) value = Math.imul(value ^ char.codePointAt(0)!, 0x01000193) >>> 0;
  return value.toString(16).padStart(8, '0');
}
