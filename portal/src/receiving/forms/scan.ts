import { MacAddress } from '../../../../shared/facts/server.ts';

/**
 * What a scanner or a paste put into one field: addresses apart by spaces, commas or lines, each in the usual form
 * where it is one.
 */
export const splitMacs = (text: string): string[] =>
  text
    .split(/[\s,;]+/)
    .filter(Boolean)
    .map((each) => MacAddress.safeParse(each).data ?? each);

/** Adds what is new. A label scanned twice counts once. */
export const addMacs = (known: readonly string[], text: string): string[] => [
  ...new Set([...known, ...splitMacs(text)]),
];

/** How many of those expected have been scanned, and which of the scanned are strangers. */
export function compareMacs(
  scanned: readonly string[],
  expected: readonly string[],
): { seen: number; unknown: string[] } {
  const wanted = new Set(expected.flatMap(splitMacs));
  return {
    seen: scanned.filter((mac) => wanted.has(mac)).length,
    unknown: scanned.filter((mac) => !wanted.has(mac)),
  };
}
