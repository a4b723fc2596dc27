import { randomInt } from 'node:crypto';

const kinds = ['ABCDEFGHJKLMNPQRSTUVWXYZ', 'abcdefghijkmnopqrstuvwxyz', '23456789', '-_.+'] as const;
const length = 20; // the longest that every BMC we meet takes

/**
 * A password for a BMC: every kind of character, none that looks like another or that a BMC's own parser trips over.
 */
export function newPassword(): string {
  const all = kinds.join('');
  const characters = [...kinds, ...Array.from({ length: length - kinds.length }, () => all)].map(
    (set) => set[randomInt(set.length)] ?? '',
  );
  for (let last = characters.length - 1; last > 0; last--) {
    const other = randomInt(last + 1);
    [characters[last], characters[other]] = [characters[other] ?? '', characters[last] ?? ''];
  }
  return characters.join('');
}
