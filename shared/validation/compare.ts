import { MacAddress, type ManifestItem, type ServerFacts } from '../facts.ts';
import type { CablePlan } from '../ports/inventory.ts';

export interface Difference {
  kind: 'identity' | 'processor' | 'memory' | 'drive' | 'network-port' | 'cable';
  severity: 'info' | 'minor' | 'major';
  place: string;
  expected: string;
  found: string;
}
export interface Expected {
  manifest: ManifestItem | null;
  cables: readonly CablePlan[];
}

/** Every difference between what the validation image measured and what was ordered and planned. */
export function compareFacts(measured: ServerFacts, { manifest, cables }: Expected): Difference[] {
  return [...(manifest ? [...identity(measured, manifest), ...processors(measured, manifest), ...memory(measured, manifest), ...drives(measured, manifest), ...ports(measured, manifest)] : []), ...cabling(measured, cables)];
}

function identity({ identity: found }: ServerFacts, manifest: ManifestItem): Difference[] {
  if (found.serial === manifest.serial) return [];
  return [{ kind: 'identity', severity: 'major', place: 'system', expected: manifest.serial, found: found.serial ?? 'no serial number' }];
}

const leadingCount = (text: string) => Number(/^\s*(\d+)\s*x/i.exec(text)?.[1] ?? 1);

function processors({ processors: found = [] }: ServerFacts, { config }: ManifestItem): Difference[] {
  const expected = leadingCount(config.cpu);
  return found.length === expected ? [] : [{ kind: 'processor', severity: 'major', place: 'sockets', expected: config.cpu, found: `${found.length} processors` }];
}

function memory({ memory: found }: ServerFacts, { config }: ManifestItem): Difference[] {
  const gigabytes = Number(/(\d+)\s*GB/i.exec(config.ram)?.[1] ?? Number(/(\d+(?:\.\d+)?)\s*TB/i.exec(config.ram)?.[1] ?? Number.NaN) * 1024) * leadingCount(config.ram);
  const measured = found ? found.totalMiB / 1024 : 0;
  // Firmware keeps a little for itself; a missing module is never that little.
  if (Number.isNaN(gigabytes) || measured >= gigabytes * 0.97) return [];
  return [{ kind: 'memory', severity: 'major', place: `${found?.modules.length ?? 0} modules`, expected: config.ram, found: `${Math.round(measured)} GB` }];
}

function drives({ drives: found = [] }: ServerFacts, { config }: ManifestItem): Difference[] {
  const expected = leadingCount(config.storage);
  return found.length >= expected ? [] : [{ kind: 'drive', severity: 'major', place: 'bays', expected: config.storage, found: `${found.length} drives` }];
}

/** Sources write MACs in their own ways; all mean the same port. */
const macOf = (text: string | undefined): string | undefined => MacAddress.safeParse(text).data;

function ports({ networkPorts: found = [] }: ServerFacts, { macs }: ManifestItem): Difference[] {
  const present = new Set(found.map(({ mac }) => macOf(mac)));
  return macs.map((mac) => MacAddress.parse(mac)).filter((mac) => !present.has(mac)).map((mac) => ({ kind: 'network-port', severity: 'major', place: mac, expected: mac, found: 'no such port' }));
}

/** A cable is right when the switch at its far end says so itself. */
function cabling({ neighbours = [], networkPorts = [] }: ServerFacts, cables: readonly CablePlan[]): Difference[] {
  return cables.filter(({ kind }) => kind === 'network').flatMap((cable): Difference[] => {
    const expected = `${cable.peerDevice} ${cable.peerPort}`;
    // The inventory and the machine's own system name ports differently: the MAC is what both mean.
    const port = networkPorts.find(({ mac, name }) => (cable.localMac ? macOf(mac) === cable.localMac : name === cable.localPort));
    const heard = neighbours.find(({ localPort }) => localPort === (port?.name ?? cable.localPort));
    if (!heard) return [{ kind: 'cable', severity: 'major', place: cable.localPort, expected, found: port?.isLinkUp === false ? 'no link' : 'no neighbour heard' }];
    const found = `${heard.systemName ?? heard.chassisId ?? 'unknown'} ${heard.portId ?? heard.portDescription ?? 'unknown'}`;
    return found === expected ? [] : [{ kind: 'cable', severity: 'major', place: cable.localPort, expected, found }];
  });
}
