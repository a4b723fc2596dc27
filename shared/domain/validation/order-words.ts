import type { Drive, ServerConfig } from '../../facts/server.ts';

/** An order's words for one part, understood; or why they could not be. */
export type Reading<T> = { is: T } | { unread: string };

/**
 * `what` holds the words that are no number and no size: of two texts with the same `what`, the numbers can be
 * compared.
 */
export interface OrderedProcessors {
  count: number;
  what: string;
}
export interface OrderedMemory {
  /** Gibibytes in all: memory is counted in powers of two, whatever the order calls them. */
  totalGiB: number;
  /** Where the order names the modules: `16x 32GB`. */
  modules?: { count: number; sizeGiB: number };
  what: string;
}
export interface OrderedDrives {
  count: number;
  /** Bytes of each; drives are counted in powers of ten. */
  bytes: number;
  media?: NonNullable<Drive['media']>;
  what: string;
}
export interface OrderedPorts {
  count: number;
  speedMbps: number;
  what: string;
}
export interface OrderedParts {
  cpu: Reading<OrderedProcessors>;
  ram: Reading<OrderedMemory>;
  storage: Reading<OrderedDrives[]>;
  network: Reading<OrderedPorts[]>;
}

/**
 * What an order asks for, read from its words. The one place that understands them; a text it does not understand says
 * so.
 */
export const readOrder = ({ cpu, ram, storage, network }: ServerConfig): OrderedParts => ({
  cpu: readProcessors(cpu),
  ram: readMemory(ram),
  storage: readEach(storage, drivesIn),
  network: readEach(network, portsIn),
});

/** How fast the ports are, where the order has ports of one speed only. */
export function orderedPortSpeed({ network }: Pick<ServerConfig, 'network'>): number | undefined {
  const ports = readEach(network, portsIn);
  const speeds = 'is' in ports ? new Set(ports.is.map(({ speedMbps }) => speedMbps)) : new Set<number>();
  return speeds.size === 1 ? [...speeds][0] : undefined;
}

function readProcessors(text: string): Reading<OrderedProcessors> {
  const { count, what } = counted(text);
  return /\d{3}/.test(what) ? { is: { count, what } } : { unread: 'it names no model number, such as 6530 or 9554' };
}

/** Sizes in gibibytes. */
const memoryUnits: Readonly<Record<string, number>> = { gb: 1, gib: 1, tb: 1024, tib: 1024 };

function readMemory(text: string): Reading<OrderedMemory> {
  const { count, what, isCounted } = counted(text);
  const [, number, unit] = /(\d+(?:\.\d+)?)\s*(gib|gb|tib|tb)\b/.exec(what) ?? [];
  if (number === undefined || unit === undefined) return { unread: 'it names no size in GB or TB' };
  const sizeGiB = Number(number) * (memoryUnits[unit] ?? 1);
  return {
    is: {
      totalGiB: count * sizeGiB,
      ...(isCounted && { modules: { count, sizeGiB } }),
      what: without(what, /\d+(?:\.\d+)?\s*(gib|gb|tib|tb)\b/),
    },
  };
}

/** Bytes. */
const driveUnits: Readonly<Record<string, number>> = { gb: 1e9, tb: 1e12, gib: 2 ** 30, tib: 2 ** 40 };
const media: readonly (readonly [RegExp, NonNullable<Drive['media']>])[] = [
  [/\bnvme\b|\bu\.[23]\b|\be[13]\.s\b/, 'nvme'],
  [/\bssds?\b|\bflash\b/, 'ssd'],
  [/\bhdds?\b|\bnl-?sas\b|\b(7\.2|10|15)k\b|\b7200\b/, 'hdd'],
];

function drivesIn(text: string): OrderedDrives | undefined {
  const { count, what } = counted(text);
  const [, number, unit] = /(\d+(?:\.\d+)?)\s*(gib|gb|tib|tb)\b/.exec(what) ?? [];
  if (number === undefined || unit === undefined) return undefined;
  const kind = media.find(([word]) => word.test(what))?.[1];
  return {
    count,
    bytes: Math.round(Number(number) * (driveUnits[unit] ?? 1)),
    ...(kind && { media: kind }),
    what: without(what, /\d+(?:\.\d+)?\s*(gib|gb|tib|tb)\b/),
  };
}

const speed = /(\d+(?:\.\d+)?)\s*(?:gbe|gbit\/s|gbps|gbase-?\w*|gb|gigabit|gig|g)(?![\w])/;

function portsIn(text: string): OrderedPorts | undefined {
  const { count, what } = counted(text);
  const number = speed.exec(what)?.[1];
  return number === undefined ? undefined : { count, speedMbps: Number(number) * 1000, what: without(what, speed) };
}

/** `2x 480GB SSD + 4x 3.84TB NVMe`: all kinds, or none where one of them is not understood. */
function readEach<T>(text: string, read: (item: string) => T | undefined): Reading<T[]> {
  const items = text.split(/\s*(?:\+|,|;|&|\band\b)\s*/i).filter(Boolean);
  const is = items.map(read);
  const unread = items.filter((_item, index) => is[index] === undefined);
  return unread.length > 0 || items.length === 0
    ? { unread: `it names no size in '${unread.join(', ') || text}'` }
    : { is: is.flatMap((each) => each ?? []) };
}

/** `2x Intel Xeon Gold 6530` → 2 of `intel xeon gold 6530`; 1 where no number is given. */
function counted(text: string): { count: number; what: string; isCounted: boolean } {
  const [, count, what] = /^\s*(?:(\d+)\s*[x×]\s*)?(.*?)\s*$/is.exec(text) ?? [];
  return {
    count: Number(count ?? 1),
    what: (what ?? '').toLowerCase().replace(/\s+/g, ' '),
    isCounted: count !== undefined,
  };
}
const without = (text: string, part: RegExp): string => text.replace(part, ' ').replace(/\s+/g, ' ').trim();
