import { createHash } from 'node:crypto';

/** The same JSON value with the keys of every object in one order. */
export function inOneOrder(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(inOneOrder);
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(
    Object.entries(value)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([name, each]) => [name, inOneOrder(each)]),
  );
}

/** SHA-256 of a JSON value in hexadecimal, whatever the order of its keys. What JSON leaves out does not count. */
export const jsonDigest = (value: unknown): string =>
  createHash('sha256')
    .update(JSON.stringify(inOneOrder(value)) ?? 'null')
    .digest('hex');
