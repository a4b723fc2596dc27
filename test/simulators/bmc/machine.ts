import { quirksOf, vendorOf, type Quirks } from '../../../shared/adapters/redfish/quirks.ts';
import type { SimContext } from '../kit/simulator.ts';
import { profiles } from './profiles/index.ts';
import type { Profile } from './profiles/profile.ts';
import { builtTree } from './resources.ts';
import type { BmcRecord, BmcState } from './state.ts';
import { member, placesIn, type Places, type Tree } from './tree.ts';

/** What a BMC needs of the world around it. All of it may be missing. */
export interface BmcDeps {
  /** Trees by the name that hardware refers to (`{ recorded: name }`). */
  recordedTrees?: Readonly<Record<string, Tree>>;
  /** Opens and closes the address a BMC is reached at. */
  network?: { open(serial: string): Promise<void>; close(serial: string): Promise<void> };
  /** A BMC has started and got its address. If it rejects, the BMC asks again. */
  onLease?(lease: Lease): void | Promise<void>;
  /**
   * Where a datacenter's machines are sent to when they boot from the network. Where it says nothing, the validation
   * image is there at once and reports to `onValidationBoot`.
   */
  bootScript?(datacenter: string): string | undefined;
  /**
   * Hosts that are machines of their own, which their BMC switches on and off. Where it is missing, hosts are simulated
   * as well.
   */
  host?: { start(serial: string, from: 'network' | 'drive'): void; stop(serial: string): void };
  /**
   * A host has booted from the network into the validation image, which reports. If it rejects, the image reports
   * again.
   */
  onValidationBoot?(report: ValidationReport): void | Promise<void>;
}
export interface Lease {
  datacenter: string;
  serial: string;
  mac: string;
  /** The host part alone, as a DHCP server knows it. */
  address: string;
  port: number;
  /** Where its Redfish answers: `http://127.101.0.1:8443`. */
  url: string;
}
export interface ValidationReport {
  datacenter: string;
  serial: string;
  /** What it posts: `rackline.inventory/1`. */
  raw: unknown;
}

/** One server's BMC at work: its state, what it serves, how it is peculiar, and the lab around it. */
export interface Machine {
  serial: string;
  record: BmcRecord;
  tree: Tree;
  places: Places;
  quirks: Quirks;
  /** Undefined where it answers with a recorded tree. */
  profile: Profile | undefined;
  context: SimContext<BmcState>;
  deps: BmcDeps;
}

/** What does not change from one request to the next: a machine's tree, where things are in it, how it is peculiar. */
interface Known extends Pick<Machine, 'tree' | 'places' | 'quirks' | 'profile'> {
  /** It holds as long as the machine is made of the same parts and its BMC runs the same firmware. */
  of: readonly unknown[];
}
const known = new WeakMap<BmcRecord, Known>();

export function machineOf(serial: string, context: SimContext<BmcState>, deps: BmcDeps): Machine | undefined {
  const record = context.state.servers[serial];
  if (!record) return undefined;
  const { tree, places, quirks, profile } = knownOf(record, deps);
  return { serial, record, tree, places, quirks, profile, context, deps };
}

function knownOf(record: BmcRecord, deps: BmcDeps): Known {
  const of = [record.hardware, record.hardware.quirks, record.physicalFaults, record.firmware.bmc.version];
  const before = known.get(record);
  if (before?.of.every((each, index) => each === of[index])) return before;
  const { profile: name } = record.hardware;
  const profile = typeof name === 'string' ? profiles[name] : undefined;
  const tree = profile ? builtTree(profile, record) : recordedOf(record, deps);
  const places = placesIn(tree);
  const now: Known = { of, tree, places, profile, quirks: { ...quirksIn(tree, places), ...record.hardware.quirks } };
  known.set(record, now);
  return now;
}

function recordedOf({ hardware: { profile } }: BmcRecord, deps: BmcDeps): Tree {
  const name = typeof profile === 'string' ? profile : profile.recorded;
  const tree = deps.recordedTrees?.[name];
  if (!tree) throw new Error(`The lab has no recorded tree '${name}'.`);
  return tree;
}

/** The platform class is read off what the BMC itself says, as the client does. */
function quirksIn(tree: Tree, places: Places): Quirks {
  const root = tree.get('/redfish/v1');
  const system = tree.get(places.system);
  const manager = tree.get(places.manager ?? '');
  const text = (value: unknown) => (typeof value === 'string' ? value : undefined);
  return quirksOf({
    vendor: vendorOf(
      text(root?.['Vendor']),
      ...Object.keys(member(root, 'Oem') ?? {}),
      text(manager?.['Model']),
      text(system?.['Manufacturer']),
    ),
    manager: text(manager?.['Model']) ?? '',
    model: text(system?.['Model']) ?? '',
    firmware: /\d+(\.\d+)+/.exec(text(manager?.['FirmwareVersion']) ?? '')?.[0] ?? '',
  });
}
