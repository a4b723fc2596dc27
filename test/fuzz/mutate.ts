/** Chance that is the same for the same seed, on every machine. */
export interface Random {
  /** A whole number from 0 up to, and without, `limit`. */
  below(limit: number): number;
  pick<T>(items: readonly T[]): T;
}

/** Marsaglia's xorshift32. */
export function randomOf(seed: number): Random {
  let state = seed | 0 || 1;
  const below = (limit: number) => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return limit > 0 ? (state >>> 0) % limit : 0;
  };
  return {
    below,
    pick: (items) => {
      const item = items[below(items.length)];
      if (item === undefined) throw new Error('Nothing to pick from');
      return item;
    },
  };
}

/** What trips readers: empty, blank, control characters, half an emoji, numbers at limits, words of other formats. */
const nasty = [
  '',
  ' ',
  '\n',
  '\t',
  '\0',
  ':',
  '=',
  '"',
  '\\',
  '{',
  '}',
  '[',
  ']',
  '<',
  '>',
  '&#x110000;',
  '&#99999999999;',
  '\ud800',
  '\u{1f600}',
  'null',
  '-1',
  '0',
  '1e999',
  '99999999999999999999',
  '0.1',
  'NaN',
  '__proto__',
  'constructor',
  '\r\n\r\n',
];

/** One to six changes to a text: cuts, doubled and moved parts, changed characters, things that do not belong. */
export function mutateText(original: string, random: Random): string {
  let text = original;
  for (let changes = 1 + random.below(6); changes > 0; changes--) {
    const at = random.below(text.length + 1);
    const end = at + random.below(40);
    switch (random.below(7)) {
      case 0:
        text = text.slice(0, at);
        break;
      case 1:
        text = text.slice(0, at) + text.slice(end);
        break;
      case 2:
        text = text.slice(0, at) + text.slice(at, end) + text.slice(at);
        break;
      case 3:
        text = text.slice(0, at) + random.pick(nasty) + text.slice(at);
        break;
      case 4:
        text =
          text.slice(0, at) +
          String.fromCharCode(random.below(random.below(4) === 0 ? 65_536 : 128)) +
          text.slice(at + 1);
        break;
      case 5:
        text = text.slice(0, at) + text.slice(random.below(text.length + 1)).slice(0, 200) + text.slice(at);
        break;
      default:
        text = text.slice(0, at) + random.pick(nasty) + text.slice(end);
    }
  }
  if (random.below(2000) === 0) text = flood(text, random);
  return text;
}

/**
 * Far too much of something: of what does not belong, of what opens and never closes, or of a piece of the text itself.
 */
function flood(text: string, random: Random): string {
  const at = random.below(text.length);
  const piece = random.pick([
    random.pick(nasty),
    random.pick(['<!--', '<?', '<a ', '<node id="x">', '[', '{"id":"x","children":[', '(']),
    text.slice(at, at + 1 + random.below(60)),
  ]);
  return random.pick([text.slice(0, at), '']) + piece.repeat(random.below(20_000)) + random.pick([text.slice(at), '']);
}

/** Values of every wrong type, and of the right one where nobody expects them. Functions, so that each is fresh. */
const odd: readonly ((random: Random) => unknown)[] = [
  () => null,
  () => true,
  () => 0,
  () => -1,
  () => 1.5,
  () => 1e308,
  () => 2 ** 53,
  () => '',
  () => '   ',
  () => '0',
  () => '1e999',
  () => ({}),
  () => [],
  () => [null],
  () => [[]],
  () => ({ '@odata.id': '/redfish/v1/Systems' }),
  () => ({ value: {} }),
  (random) => random.pick(nasty),
  (random) => 'x'.repeat(random.below(2000)),
  (random) => Array.from({ length: random.below(50) }, () => random.pick(nasty)),
];

/**
 * One to six changes to a copy of a JSON value: wrong types, lost, doubled and renamed members; and now and then
 * something very deep or long.
 */
export function mutateJson(original: unknown, random: Random): unknown {
  const copy = structuredClone({ root: original });
  for (let changes = 1 + random.below(6); changes > 0; changes--) changeOne(copy, random);
  return copy.root;
}

type Container = Record<string, unknown> | unknown[];
const isContainer = (value: unknown): value is Container => typeof value === 'object' && value !== null;

function changeOne(top: { root: unknown }, random: Random): void {
  let holder: Container = top;
  let key: string | number = 'root';
  // Down a random path; it ends where there is nothing below, or by chance.
  for (let value: unknown = top.root; isContainer(value) && random.below(4) > 0;) {
    const keys: (string | number)[] = Array.isArray(value) ? [...value.keys()] : Object.keys(value);
    if (keys.length === 0) break;
    holder = value;
    key = random.pick(keys);
    value = Array.isArray(holder) ? holder[Number(key)] : holder[key];
  }
  const held: unknown = Array.isArray(holder) ? holder[Number(key)] : holder[key];
  const put = (value: unknown, at = key) => {
    if (Array.isArray(holder)) holder.splice(Number(at), 1, value);
    // `__proto__` too is a member here.
    else Object.defineProperty(holder, at, { value, enumerable: true, writable: true, configurable: true });
  };
  switch (random.below(8)) {
    case 0:
      if (Array.isArray(holder)) holder.splice(Number(key), 1);
      else delete holder[key];
      break;
    case 1:
      put([held]);
      break;
    case 2:
      put({ value: held });
      break;
    case 3:
      put(String(typeof held === 'object' ? JSON.stringify(held) : held));
      break;
    case 4:
      put(held, random.pick(nasty));
      break;
    case 5:
      if (Array.isArray(held)) put([...held, ...held]);
      else put(typeof held === 'string' ? mutateText(held, random) : random.pick(odd)(random));
      break;
    case 6:
      if (random.below(300) === 0) put(deep(held, random));
      else put(random.pick(odd)(random));
      break;
    default:
      put(random.pick(odd)(random));
  }
}

/** The same value far down: in arrays, or in the member by which trees of that kind hang together. */
function deep(value: unknown, random: Random): unknown {
  const wrap = random.pick([
    (inner: unknown) => [inner],
    (inner: unknown) => ({ children: [inner] }),
    (inner: unknown) => ({ id: 'x', class: 'bus', children: [inner] }),
    (inner: unknown) => ({ Members: [inner] }),
  ]);
  let result = value;
  for (let depth = random.below(300); depth > 0; depth--) result = wrap(result);
  return result;
}
