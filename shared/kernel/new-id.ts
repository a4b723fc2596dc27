import { createHash } from 'node:crypto';
import { monotonicFactory, encodeTime } from 'ulid';
import { type IdKind, prefixes, crockford } from './ids.ts';

const ulid = monotonicFactory();

/** A fresh id, sortable by the time it was made: `srv_01JAB…`. `at` is milliseconds since 1970. */
export const newId = (kind: IdKind, at: number): string => `${prefixes[kind]}_${ulid(at)}`;

/**
 * The id that everybody derives from the same kind, moment (milliseconds) and seed: the same on every attempt and
 * replay.
 */
export function derivedId(kind: IdKind, at: number, seed: string): string {
  const digest = createHash('sha256').update(`${kind} ${seed}`).digest();
  const entropy = Array.from({ length: 16 }, (_, index) => crockford[(digest[index] ?? 0) % 32]).join('');
  return `${prefixes[kind]}_${encodeTime(at)}${entropy}`;
}
