import { AppError } from '../kernel/errors/app-error.ts';

/**
 * How intricate JSON may be. The deepest and the fullest of our own bodies, a batch of an agent's readings, stay well
 * below. To find 20,000 values wrong takes a schema 60 to 90 ms, in which nothing else is answered.
 */
export const jsonBounds = { depth: 32, values: 20_000 } as const;

/** What a text that came from outside says in JSON; nothing at all counts as an empty object. Throws `invalid`. */
export function readJson(text: string): unknown {
  if (text === '') return {};
  measureJson(text);
  try {
    return storable(JSON.parse(text));
  } catch (cause) {
    if (!(cause instanceof SyntaxError)) throw cause;
    throw new AppError({
      code: 'input.not-json',
      kind: 'invalid',
      publicMessage: `The request body is not JSON: ${cause.message}.`,
      cause,
    });
  }
}

const quote = 0x22;
const backslash = 0x5c;
const comma = 0x2c;
const [openArray, closeArray, openObject, closeObject] = [0x5b, 0x5d, 0x7b, 0x7d];
const isSpace = (code: number) => code === 0x20 || code === 0x0a || code === 0x0d || code === 0x09;

/**
 * How deep JSON nests and how many values it holds, itself included: found in one pass over its text, before anything
 * is made of it. Throws `invalid` at the character that is beyond a bound. Of a text that is no JSON it counts
 * something.
 */
export function measureJson(
  text: string,
  most: { depth: number; values: number } = jsonBounds,
): { depth: number; values: number } {
  let level = 0;
  let depth = 0;
  let values = 1;
  let isOpened = false; // nothing has come since a bracket
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (isSpace(code)) continue;
    const isClosing = code === closeArray || code === closeObject;
    if (code === comma || (isOpened && !isClosing)) values += 1;
    if (values > most.values)
      throw new AppError({
        code: 'input.too-many-values',
        kind: 'invalid',
        publicMessage: `The request body holds more than ${most.values} values, counted up to its character ${at}.`,
      });
    isOpened = code === openArray || code === openObject;
    if (isOpened) depth = Math.max(depth, ++level);
    if (depth > most.depth)
      throw new AppError({
        code: 'input.too-deep',
        kind: 'invalid',
        publicMessage: `The request body is nested deeper than ${most.depth} levels, at its character ${at}.`,
      });
    if (isClosing) level -= 1;
    if (code === quote) at = endOfText(text, at);
  }
  return { depth, values };
}

function endOfText(text: string, from: number): number {
  for (let at = from + 1; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === backslash) at += 1;
    else if (code === quote) return at;
  }
  return text.length;
}

/**
 * The input, where all its texts can be kept: PostgreSQL takes no NUL, and no half of a surrogate pair. Throws
 * `invalid` at the first that cannot.
 */
export function storable<T>(input: T): T {
  for (const text of textsIn(input)) {
    if (text.includes('\u0000') || !text.isWellFormed())
      throw new AppError({
        code: 'input.unstorable-text',
        kind: 'invalid',
        publicMessage:
          `The text ${JSON.stringify(text.slice(0, 100))} holds a character that no text may hold: NUL, or ` +
          'half of a surrogate pair.',
      });
  }
  return input;
}

/** Every text in a value, names of members included, each once, however deep it lies. */
export function* textsIn(value: unknown): Generator<string> {
  const open: unknown[] = [value];
  while (open.length > 0) {
    const next = open.pop();
    if (typeof next === 'string') yield next;
    else if (Array.isArray(next)) for (const each of next) open.push(each);
    else if (typeof next === 'object' && next !== null) {
      for (const [name, each] of Object.entries(next)) {
        yield name;
        open.push(each);
      }
    }
  }
}
