import { quirksOf, vendorOf, type Quirks } from '../../../shared/adapters/redfish/quirks.ts';
import type { SimContext } from '../kit/simulator.ts';
import { profiles } from './profiles/index.ts';
import { builtResources } from './resources.ts';
import type { BmcRecord, BmcState } from './state.ts';
import { member, placesIn, treeOf, type Places, type Tree } from './tree.ts';

/** What a BMC needs of the world around it. All of it may be missing. */
export interface BmcWorld {
  /** Trees by the name that hardware refers to (`{ recorded: name }`). */
  recordedTrees?: Readonly<Record<string, Tree>>;
  /** Opens and closes the address a BMC is reached at. */
  network?: { open(serial: string): Promise<void>; close(serial: string): Promise<void> };
  /** A BMC has started and got its address. If it rejects, the BMC asks again. */
  onLease?(lease: Lease): void | Promise<void>;
  /** Where a datacenter's machines are sent to when they boot from the network. Where it says nothing, the validation image is there at once and reports to `onValidationBoot`. */
  bootScript?(datacenter: string): string | undefined;
  /** A host has booted from the network into the validation image, which reports. If it rejects, the image reports again. */
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
  context: SimContext<BmcState>;
  world: BmcWorld;
}

/** Trees of built machines are made again only when what they show has changed. */
const built = new WeakMap<BmcRecord, { key: string; tree: Tree }>();

export function machineOf(serial: string, context: SimContext<BmcState>, world: BmcWorld): Machine | undefined {
  const record = context.state.servers[serial];
  if (!record) return undefined;
  const tree = treeFor(record, world);
  return { serial, record, tree, places: placesIn(tree), quirks: quirksFor(record, tree), context, world };
}

function treeFor(record: BmcRecord, world: BmcWorld): Tree {
  const { profile } = record.hardware;
  if (typeof profile !== 'string') {
    const tree = world.recordedTrees?.[profile.recorded];
    if (!tree) throw new Error(`The lab has no recorded tree '${profile.recorded}'.`);
    return tree;
  }
  const key = JSON.stringify([record.firmware, record.physicalFaults, record.drives, record.host, record.log.length]);
  const known = built.get(record);
  if (known?.key === key) return known.tree;
  const tree = treeOf(builtResources(profiles[profile], record));
  built.set(record, { key, tree });
  return tree;
}

/** The platform class is read off what the BMC itself says, as the client does. */
function quirksFor(record: BmcRecord, tree: Tree): Quirks {
  const places = placesIn(tree);
  const root = tree.get('/redfish/v1');
  const system = tree.get(places.system);
  const manager = tree.get(places.manager ?? '');
  const text = (value: unknown) => (typeof value === 'string' ? value : undefined);
  return {
    ...quirksOf({
      vendor: vendorOf(text(root?.['Vendor']), ...Object.keys(member(root, 'Oem') ?? {}), text(manager?.['Model']), text(system?.['Manufacturer'])),
      manager: text(manager?.['Model']) ?? '', model: text(system?.['Model']) ?? '', firmware: /\d+(\.\d+)+/.exec(text(manager?.['FirmwareVersion']) ?? '')?.[0] ?? '',
    }),
    ...record.hardware.quirks,
  };
}
