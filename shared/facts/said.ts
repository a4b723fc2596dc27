/**
 * What firmware puts where nobody filled anything in. A placeholder says nothing, and must not become a serial
 * number that two thousand servers share.
 */
const placeholder = new RegExp(
  `^(${[
    'to be filled by o\\.?e\\.?m\\.?.*',
    'default string',
    'not (specified|available|provided|defined)',
    'n/?a',
    'none',
    'null',
    'unknown',
    'unspecified',
    'empty',
    'no (dimm|module installed)',
    'system (serial number|product name|sku#?|manufacturer)',
    'part component',
    '0?123456789',
    '(0x)?0+',
    'x+',
  ].join('|')})$`,
  'i',
);

/** The text without padding, or undefined where it is missing, blank or a manufacturer's placeholder. */
export function said(text: string | null | undefined): string | undefined {
  const trimmed = text?.trim();
  return trimmed && !placeholder.test(trimmed) ? trimmed : undefined;
}

/** The object without its undefined members, so that "not known" and "not there" are the same thing. */
export const known = <T extends object>(facts: T): T =>
  Object.fromEntries(Object.entries(facts).filter(([, value]) => value !== undefined)) as T;

/** The list, or undefined if it is empty: a source that lists nothing does not know. */
export const anyOf = <T>(items: readonly T[]): T[] | undefined => (items.length > 0 ? [...items] : undefined);

/** A whole number above zero in the text's beginning, or undefined: `20` of `20 cores`, nothing of `0`. */
export function count(text: string | undefined): number | undefined {
  const number = Number.parseInt(text ?? '', 10);
  return Number.isSafeInteger(number) && number > 0 ? number : undefined;
}
