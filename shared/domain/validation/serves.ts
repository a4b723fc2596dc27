import type { ServerConfig } from '../../facts/server.ts';
import {
  readOrder,
  type OrderedDrives,
  type OrderedMemory,
  type OrderedPorts,
  type OrderedProcessors,
  type Reading,
} from './order-words.ts';

/**
 * Whether a machine that has this serves somebody who wants that: the same processors, memory, drives and ports
 * of the same kind, and at least as much of each. Texts that cannot be understood must be equal.
 */
export function serves(has: ServerConfig, wanted: ServerConfig): boolean {
  const [mine, theirs] = [readOrder(has), readOrder(wanted)];
  const part = <P extends keyof ServerConfig, T>(
    name: P,
    a: Reading<T>,
    b: Reading<T>,
    isEnough: (has: T, wanted: T) => boolean,
  ): boolean => ('is' in a && 'is' in b ? isEnough(a.is, b.is) : plain(has[name]) === plain(wanted[name]));
  return (
    part('cpu', mine.cpu, theirs.cpu, processorsServe) &&
    part('ram', mine.ram, theirs.ram, memoryServes) &&
    part('storage', mine.storage, theirs.storage, (a, b) => eachServes(a, b, drivesServe)) &&
    part('network', mine.network, theirs.network, (a, b) => eachServes(a, b, portsServe))
  );
}

const plain = (text: string): string => text.toLowerCase().replace(/\s+/g, ' ').trim();

const processorsServe = (has: OrderedProcessors, wanted: OrderedProcessors): boolean =>
  has.what === wanted.what && has.count >= wanted.count;
const memoryServes = (has: OrderedMemory, wanted: OrderedMemory): boolean =>
  has.what === wanted.what && has.totalGiB >= wanted.totalGiB;
const drivesServe = (has: OrderedDrives, wanted: OrderedDrives): boolean =>
  has.what === wanted.what && has.count >= wanted.count && has.bytes >= wanted.bytes;
const portsServe = (has: OrderedPorts, wanted: OrderedPorts): boolean =>
  has.what === wanted.what && has.count >= wanted.count && has.speedMbps >= wanted.speedMbps;

/** Each kind that is wanted is served by a kind of its own. */
function eachServes<T>(has: readonly T[], wanted: readonly T[], isServed: (has: T, wanted: T) => boolean): boolean {
  const left = [...has];
  return wanted.every((each) => {
    const index = left.findIndex((mine) => isServed(mine, each));
    if (index >= 0) left.splice(index, 1);
    return index >= 0;
  });
}
