import { MacAddress } from '../../facts/server.ts';

/**
 * The vendors' long and short words for the same kind of port (IOS, NX-OS, EOS, DNOS). The first is what all of them
 * become.
 */
const kinds: readonly (readonly string[])[] = [
  ['ethernet', 'eth', 'et', 'e'],
  ['fastethernet', 'fa'],
  ['gigabitethernet', 'gigabit', 'gig', 'gi', 'ge'],
  ['tengigabitethernet', 'tengige', 'tengig', 'te', 'xe'],
  ['twentyfivegige', 'twentyfivegigabitethernet', 'twe', 'tf'],
  ['fortygigabitethernet', 'fortygige', 'fo'],
  ['fiftygige', 'fi'],
  ['hundredgige', 'hundredgigabitethernet', 'hu'],
  ['fourhundredgige', 'fourhundredgigabitethernet'],
  ['management', 'mgmt', 'ma'],
  ['swp'],
  ['port', 'p'],
];
const kindOf = new Map(
  kinds.flatMap(([plain = '', ...others]) => [plain, ...others].map((word) => [word, plain] as const)),
);

interface PortName {
  kind: string;
  /** `1/1` of `Ethernet1/1`, `0/0/1` of `xe-0/0/1`. */
  numbers: string;
}

/** `Eth1/1` → ethernet, 1/1. Undefined for what is no port's name: a MAC address, a number alone, a description. */
function parsed(text: string): PortName | undefined {
  if (MacAddress.safeParse(text).success) return undefined;
  const [, word, numbers] = /^([a-z]+)[\s_-]*(\d+(?:[/.:]\d+)*)$/i.exec(text.trim()) ?? [];
  if (word === undefined || numbers === undefined) return undefined;
  const kind = word.toLowerCase();
  return { kind: kindOf.get(kind) ?? kind, numbers: numbers.split(/[/.:]/).map(Number).join('/') };
}

/**
 * Whether both texts name the same port of one switch: `Ethernet1/1` and `Eth1/1`, `gigabitethernet1/1` and
 * `gi1/1`. `unknown` where one of them is no name that could be compared: an index, a MAC address, free text.
 */
export function isSamePort(a: string, b: string): boolean | 'unknown' {
  if (a.trim().toLowerCase() === b.trim().toLowerCase()) return true;
  const [one, other] = [parsed(a), parsed(b)];
  return one === undefined || other === undefined
    ? 'unknown'
    : one.kind === other.kind && one.numbers === other.numbers;
}

/** Whether both texts name the same device: with its domain or without, in any case. */
export function isSameDevice(a: string, b: string): boolean {
  const [one, other] = [a.trim().toLowerCase(), b.trim().toLowerCase()];
  return one === other || one.startsWith(`${other}.`) || other.startsWith(`${one}.`);
}
