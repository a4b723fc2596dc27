import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { jsonBounds, measureJson, readJson, storable, textsIn } from '../../../../shared/http/json.ts';

const nested = (depth: number, inside = '1') => '['.repeat(depth) + inside + ']'.repeat(depth);
const listOf = (count: number) => JSON.stringify(Array.from({ length: count }, () => 1));
const refusal = (text: string) => {
  try {
    return { read: readJson(text) };
  } catch (error) {
    return error;
  }
};

describe('the measure of JSON', () => {
  it.each([
    ['nothing', '', { depth: 0, values: 1 }],
    ['a number', '17', { depth: 0, values: 1 }],
    ['an empty list', ' [ ] ', { depth: 1, values: 1 }],
    ['a list', '[1, 2, 3]', { depth: 1, values: 4 }],
    ['members, whose names are no values', '{"a": 1, "b": {}}', { depth: 2, values: 3 }],
    ['brackets and commas in a text', '["[[[{,,,"]', { depth: 1, values: 2 }],
    ['an escaped quote in a text', String.raw`["\",[\\", ","]`, { depth: 1, values: 3 }],
    ['a text that does not end', '["[[[', { depth: 1, values: 2 }],
    ['lists side by side', '[[], [[]], []]', { depth: 3, values: 5 }],
  ])('of %s', (_what, text, measure) => expect(measureJson(text)).toEqual(measure));

  it('is that of the value it becomes, whatever is written', () => {
    const depthOf = (value: unknown): number =>
      typeof value === 'object' && value !== null ? 1 + Math.max(0, ...Object.values(value).map(depthOf)) : 0;
    const valuesOf = (value: unknown): number =>
      typeof value === 'object' && value !== null
        ? Object.values(value).reduce<number>((sum, each) => sum + valuesOf(each), 1)
        : 1;
    const wide = { depth: 1000, values: 1_000_000 };
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 6 }), fc.constantFrom(undefined, 1, '\t'), (value, indent) => {
        expect(measureJson(JSON.stringify(value, null, indent), wide)).toEqual({
          depth: depthOf(value),
          values: valuesOf(value),
        });
      }),
    );
  });
});

describe('a body', () => {
  it('may be as deep as the bound, and not one level deeper', () => {
    expect(refusal(nested(jsonBounds.depth))).toEqual({ read: JSON.parse(nested(jsonBounds.depth)) });
    expect(refusal(nested(jsonBounds.depth + 1))).toMatchObject({ code: 'input.too-deep', kind: 'invalid' });
  });

  it('may hold as many values as the bound, and not one more', () => {
    expect(refusal(listOf(jsonBounds.values - 1))).toHaveProperty('read.length', jsonBounds.values - 1);
    expect(refusal(listOf(jsonBounds.values))).toMatchObject({ code: 'input.too-many-values', kind: 'invalid' });
  });

  it.each([
    ['brackets that never close', '['.repeat(10_000)],
    ['objects that never close', '{"a":'.repeat(5000)],
    ['brackets that close', nested(5000)],
    ['brackets behind a long text', `{"a":"${'x'.repeat(50_000)}","b":${nested(5000)}}`],
  ])('with %s is refused at the level beyond the bound: nothing behind it is looked at', (_what, text) => {
    const [behind = 0] = [...text.matchAll(/[[{]/g)].map(({ index }) => index).slice(jsonBounds.depth);
    expect(refusal(text)).toMatchObject({
      code: 'input.too-deep',
      message: expect.stringContaining(`at its character ${behind}.`),
    });
  });

  it('that is no JSON is told so', () => expect(refusal('{"a": ')).toMatchObject({ code: 'input.not-json' }));
});

describe('texts', () => {
  // A walk that copied what it had found once for each level visited depth times width of them.
  it.each([
    [10, 1000],
    [30, 10_000],
    [1000, 10_000],
  ])('are each visited once: %d levels above a list of %d', (depth, width) => {
    let value: unknown = Array.from({ length: width }, () => 'a');
    for (let level = 0; level < depth; level++) value = { name: value };
    let visited = 0;
    for (const _text of textsIn(value)) visited += 1;
    expect(visited).toBe(depth + width);
  });

  it('are found however deep they lie, without a stack to overflow', () => {
    let value: unknown = 'deep';
    for (let level = 0; level < 100_000; level++) value = [value];
    expect([...textsIn(value)]).toEqual(['deep']);
  });

  it('are found in names, values and lists', () => {
    expect([...textsIn({ a: 'b', c: ['d', { e: null }], f: 1 })].sort()).toEqual(['a', 'b', 'c', 'd', 'e', 'f']);
  });

  it.each([
    ['NUL', 'a\u0000b'],
    ['half of a surrogate pair', 'a\ud83d'],
  ])('with %s are refused, the first of them ends the walk', (_what, bad) => {
    const visited: unknown[] = [];
    const watched = (text: string) =>
      Object.defineProperty({}, 'text', {
        enumerable: true,
        get: () => {
          visited.push(text);
          return text;
        },
      });
    expect(() => storable([watched('behind'), watched(bad), watched('before')])).toThrow(
      expect.objectContaining({ code: 'input.unstorable-text' }),
    );
    expect(visited).toEqual(['before', bad]);
  });
});
