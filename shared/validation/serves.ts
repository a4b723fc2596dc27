import type { ServerConfig } from '../facts.ts';

/** `2x Intel Xeon Gold 6530` → 2 of `intel xeon gold 6530`. */
interface Counted {
  count: number;
  what: string;
}
const counted = (text: string): Counted => {
  const [, count, what] = /^\s*(?:(\d+)\s*x\s*)?(.*?)\s*$/i.exec(text) ?? [];
  return { count: Number(count ?? 1), what: (what ?? '').toLowerCase().replace(/\s+/g, ' ') };
};

const units: Record<string, number> = { gb: 1, tb: 1000, gbe: 1, g: 1 };
/** The first size in a text, in GB (or Gbit/s for networks): `3.84TB NVMe` → 3840. */
const sizeIn = (text: string): number | undefined => {
  const [, number, unit] = /(\d+(?:\.\d+)?)\s*(gbe|tb|gb|g)\b/i.exec(text) ?? [];
  return number && unit ? Number(number) * (units[unit.toLowerCase()] ?? 1) : undefined;
};
const kindIn = (text: string): string => text.replace(/(\d+(?:\.\d+)?)\s*(gbe|tb|gb|g)\b/i, '').trim();

const processorsServe = (has: string, wanted: string): boolean => {
  const [mine, theirs] = [counted(has), counted(wanted)];
  return mine.what === theirs.what && mine.count >= theirs.count;
};
/** The same kind, at least as many, each at least as large. */
const partsServe = (has: string, wanted: string): boolean => {
  const [mine, theirs] = [counted(has), counted(wanted)];
  const [mySize, theirSize] = [sizeIn(mine.what), sizeIn(theirs.what)];
  if (mySize === undefined || theirSize === undefined) return mine.what === theirs.what && mine.count >= theirs.count;
  return kindIn(mine.what) === kindIn(theirs.what) && mine.count >= theirs.count && mySize >= theirSize;
};
const memoryServes = (has: string, wanted: string): boolean => {
  const total = (text: string) => counted(text).count * (sizeIn(counted(text).what) ?? Number.NaN);
  if (Number.isNaN(total(has)) || Number.isNaN(total(wanted))) return counted(has).what === counted(wanted).what;
  return kindIn(counted(has).what) === kindIn(counted(wanted).what) && total(has) >= total(wanted);
};

/**
 * Whether a machine that has this serves somebody who wants that: the same processors, memory, drives and ports
 * of the same kind, and at least as much of each. Texts that cannot be understood must be equal.
 */
export const serves = (has: ServerConfig, wanted: ServerConfig): boolean =>
  processorsServe(has.cpu, wanted.cpu) && memoryServes(has.ram, wanted.ram) && partsServe(has.storage, wanted.storage) && partsServe(has.network, wanted.network);
