import { known } from '../../facts/said.ts';
import type { Drive, FirmwareComponent, NetworkPort, ServerFacts } from '../../facts/server.ts';

/** Where the machine's own system and its BMC say different things of one server. */
export interface SourceDifference {
  kind: 'identity' | 'processor' | 'memory' | 'drive' | 'network-port' | 'firmware';
  severity: 'info' | 'minor' | 'major';
  place: string;
  inBand: string;
  outOfBand: string;
  /** Whose word is in the facts; `both` where each knows something the other does not. */
  taken: 'in-band' | 'out-of-band' | 'both';
  /** What usually makes the two differ so, for the one who looks. */
  hint: string;
}

/**
 * One description of a server out of what its validation image measured and what its BMC tells. What runs is believed
 * in what it measured; the BMC in what only it can see (health, power, firmware waiting to run, drives behind a RAID
 * controller). What one source does not know is no difference.
 */
export function reconcile(
  inBand: ServerFacts,
  outOfBand: ServerFacts,
): { facts: ServerFacts; differences: SourceDifference[] } {
  const drives = reconcileDrives(inBand.drives, outOfBand.drives);
  const ports = reconcilePorts(inBand.networkPorts, outOfBand.networkPorts);
  const facts = known<ServerFacts>({
    source: 'validation-image',
    identity: { ...outOfBand.identity, ...inBand.identity },
    power: outOfBand.power,
    health: outOfBand.health,
    processors: inBand.processors ?? outOfBand.processors,
    memory: inBand.memory && (inBand.memory.modules.length > 0 || !outOfBand.memory) ? inBand.memory : outOfBand.memory,
    drives: drives.all,
    networkPorts: ports.all,
    firmware: firmwareOf(inBand.firmware, outOfBand.firmware),
    neighbours: inBand.neighbours,
    optics: inBand.optics,
    unread: inBand.unread,
  });
  return {
    facts,
    differences: [
      ...identityDifferences(inBand, outOfBand),
      ...processorDifferences(inBand, outOfBand),
      ...memoryDifferences(inBand, outOfBand),
      ...drives.differences,
      ...ports.differences,
      ...biosDifferences(inBand, outOfBand),
    ],
  };
}

function identityDifferences({ identity: own }: ServerFacts, { identity: bmc }: ServerFacts): SourceDifference[] {
  const differences: SourceDifference[] = [];
  const differ = (
    place: string,
    severity: SourceDifference['severity'],
    inBand: string,
    outOfBand: string,
    hint: string,
  ) => differences.push({ kind: 'identity', severity, place, inBand, outOfBand, taken: 'in-band', hint });
  if (own.serial && bmc.serial && own.serial.toUpperCase() !== bmc.serial.toUpperCase())
    differ(
      'serial',
      'major',
      own.serial,
      bmc.serial,
      'a swapped system board whose serial number was not written again, or the BMC of another machine',
    );
  if (own.uuid && bmc.uuid && !isSameUuid(own.uuid, bmc.uuid))
    differ('uuid', 'minor', own.uuid, bmc.uuid, 'a swapped system board');
  if (own.model && bmc.model && !holds(own.model, bmc.model) && !holds(bmc.model, own.model))
    differ('model', 'minor', own.model, bmc.model, 'a board of another model, or a maker that names it twice');
  return differences;
}

const holds = (text: string, part: string) => text.toLowerCase().includes(part.toLowerCase());

/**
 * SMBIOS 2.6 writes the first three groups with their bytes reversed; not every BMC turns them round (DSP0134 §7.2.1).
 */
function isSameUuid(a: string, b: string): boolean {
  const reversed = (text: string) =>
    text
      .split('-')
      .map((group, index) => (index < 3 ? (group.match(/../g) ?? []).reverse().join('') : group))
      .join('-');
  return a === b || reversed(a) === b;
}

function processorDifferences({ processors: own }: ServerFacts, { processors: bmc }: ServerFacts): SourceDifference[] {
  if (!own || !bmc) return [];
  const base = { kind: 'processor' as const, taken: 'in-band' as const };
  if (own.length !== bmc.length)
    return [
      {
        ...base,
        severity: 'major',
        place: 'sockets',
        inBand: `${own.length} processors`,
        outOfBand: `${bmc.length} processors`,
        hint: 'a processor that does not start',
      },
    ];
  const cores = (all: typeof own) =>
    all.every((each) => each.cores !== undefined) ? all.reduce((sum, each) => sum + (each.cores ?? 0), 0) : undefined;
  const [inBand, outOfBand] = [cores(own), cores(bmc)];
  if (inBand === undefined || outOfBand === undefined || inBand === outOfBand) return [];
  return [
    {
      ...base,
      severity: 'minor',
      place: 'cores',
      inBand: `${inBand} cores`,
      outOfBand: `${outOfBand} cores`,
      hint: 'cores that the BIOS settings switch off',
    },
  ];
}

function memoryDifferences({ memory: own }: ServerFacts, { memory: bmc }: ServerFacts): SourceDifference[] {
  if (!own || !bmc) return [];
  const missing = (from: typeof own, other: typeof own): string[] => {
    const serials = new Set(other.modules.map(({ serial }) => serial));
    const areAllNamed = [...from.modules, ...other.modules].every(({ serial }) => serial !== undefined);
    return areAllNamed && other.modules.length > 0
      ? from.modules.filter(({ serial }) => !serials.has(serial)).map(({ slot, serial }) => `${slot} (${serial})`)
      : [];
  };
  const [notInBmc, notInOwn] = [missing(own, bmc), missing(bmc, own)];
  // Firmware keeps a little for itself, and a BMC may round to whole gigabytes; a module is never that little.
  const isLess = own.totalMiB < bmc.totalMiB * 0.97 || bmc.totalMiB < own.totalMiB * 0.97;
  if (!isLess && notInBmc.length === 0 && notInOwn.length === 0) return [];
  const words = (memory: typeof own, only: string[]) =>
    `${memory.totalMiB} MiB in ${memory.modules.length} modules${only.length > 0 ? `, alone ${only.join(', ')}` : ''}`;
  return [
    {
      kind: 'memory',
      severity: isLess ? 'major' : 'minor',
      place: notInOwn[0] ?? notInBmc[0] ?? 'modules',
      taken: 'in-band',
      inBand: words(own, notInBmc),
      outOfBand: words(bmc, notInOwn),
      hint: isLess
        ? 'a module that failed its training and was left out'
        : 'a module that was changed since the BMC last looked; it looks at power-on',
    },
  ];
}

interface Reconciled<T> {
  all: T[] | undefined;
  differences: SourceDifference[];
}

function reconcileDrives(own: Drive[] | undefined, bmc: Drive[] | undefined): Reconciled<Drive> {
  if (!own || !bmc) return { all: own ?? bmc, differences: [] };
  const { pairs, onlyA: onlyOwn, onlyB: onlyBmc } = match(own, bmc, ({ serial }) => serial?.toUpperCase());
  const worse = (a: Drive, b: Drive) =>
    (['critical', 'warning', 'ok'] as const).find((health) => a.health === health || b.health === health);
  const base = { kind: 'drive' as const, taken: 'both' as const };
  return {
    // A BMC that lists drives without serial numbers lists the same ones again.
    all: [
      ...pairs.map(([a, b]) => known<Drive>({ ...b, ...a, health: worse(a, b) })),
      ...onlyOwn,
      ...onlyBmc.filter(({ serial }) => serial),
    ],
    differences: [
      ...pairs
        .filter(([a, b]) => isKnownHealth(a) && isKnownHealth(b) && a.health !== b.health)
        .map(([a, b]): SourceDifference => ({
          ...base,
          severity: 'minor',
          place: place(a),
          inBand: `health ${a.health}`,
          outOfBand: `health ${b.health}`,
          hint: 'one of them looks at other counters: the worse word is taken',
        })),
      ...onlyBmc
        .filter(({ serial }) => serial)
        .map((drive): SourceDifference => ({
          ...base,
          severity: 'minor',
          place: place(drive),
          inBand: 'not seen',
          outOfBand: 'present',
          hint: 'it sits behind a RAID controller, or its port is off',
        })),
      ...onlyOwn
        .filter(({ serial }) => serial && bmc.some((each) => each.serial))
        .map((drive): SourceDifference => ({
          ...base,
          severity: 'info',
          place: place(drive),
          inBand: 'present',
          outOfBand: 'not listed',
          hint: 'many BMCs do not list directly attached drives',
        })),
    ],
  };
}

const isKnownHealth = ({ health }: Drive) => health !== undefined && health !== 'unknown';
const place = ({ name, serial }: Drive) => (serial ? `${name} (${serial})` : name);

function reconcilePorts(own: NetworkPort[] | undefined, bmc: NetworkPort[] | undefined): Reconciled<NetworkPort> {
  if (!own || !bmc) return { all: own ?? bmc, differences: [] };
  const { pairs, onlyA: onlyOwn, onlyB: onlyBmc } = match(own, bmc, ({ mac }) => mac);
  const unseen = onlyBmc.filter(({ mac }) => mac);
  return {
    all: [...pairs.map(([a, b]) => ({ ...b, ...a })), ...onlyOwn, ...unseen],
    differences: unseen.map((port) => ({
      kind: 'network-port',
      severity: 'minor',
      place: `${port.name} (${port.mac})`,
      inBand: 'not seen',
      outOfBand: 'present',
      taken: 'both',
      hint: 'it is switched off in the BIOS, or the image has no driver or firmware for it',
    })),
  };
}

/** Items of both lists that have the same key, and those left over; an item without a key has no partner. */
function match<T>(
  a: readonly T[],
  b: readonly T[],
  keyOf: (item: T) => string | undefined,
): { pairs: [T, T][]; onlyA: T[]; onlyB: T[] } {
  const left = new Map(b.map((item) => [keyOf(item) ?? Symbol('no key'), item] as const));
  const pairs: [T, T][] = [];
  const onlyA: T[] = [];
  for (const item of a) {
    const key = keyOf(item);
    const partner = key === undefined ? undefined : left.get(key);
    if (key === undefined || partner === undefined) onlyA.push(item);
    else {
      pairs.push([item, partner]);
      left.delete(key);
    }
  }
  return { pairs, onlyA, onlyB: [...left.values()] };
}

/** The BMC's list, which names components alike from day to day, and what it has no word on at all. */
function firmwareOf(
  own: FirmwareComponent[] | undefined,
  bmc: FirmwareComponent[] | undefined,
): FirmwareComponent[] | undefined {
  if (!own || !bmc) return own ?? bmc;
  return [...bmc, ...own.filter(({ component }) => !bmc.some((each) => each.component === component))];
}

function biosDifferences(own: ServerFacts, bmc: ServerFacts): SourceDifference[] {
  const biosOf = ({ firmware = [] }: ServerFacts) => firmware.find(({ component }) => component === 'bios')?.version;
  const [inBand, outOfBand] = [biosOf(own), biosOf(bmc)];
  // `U54 v2.16` and `2.16` are one version in two ways of writing it.
  if (!inBand || !outOfBand || holds(inBand, outOfBand) || holds(outOfBand, inBand)) return [];
  return [
    {
      kind: 'firmware',
      severity: 'minor',
      place: 'BIOS',
      inBand,
      outOfBand,
      taken: 'out-of-band',
      hint: 'an update that waits for a restart',
    },
  ];
}
