import { describe, expect, it } from '@jest/globals';
import { fromTypedData, jsonOfTypedData, toTypedData, type TypedData } from '../../../../runtime/core/typed-data.ts';

describe('to a function', () => {
  it.each<[string, unknown, TypedData]>([
    ['nothing', undefined, {}],
    ['null', null, {}],
    ['text', '5', { string: '5' }],
    ['an integer', 5, { int: 5 }],
    ['another number', 1.5, { double: 1.5 }],
    ['a boolean', false, { json: 'false' }],
    ['an object', { a: [1] }, { json: '{"a":[1]}' }],
  ])('%s', (_, value, data) => {
    expect(toTypedData(value)).toEqual(data);
  });

  it('bytes, whatever they lie in', () => {
    const bytes = Uint8Array.from([1, 2, 3, 4]);
    expect(toTypedData(Buffer.from(bytes)).bytes).toEqual(Buffer.from(bytes));
    expect(toTypedData(new Uint16Array(bytes.buffer, 2, 1)).bytes).toEqual(Uint8Array.from([3, 4]));
    expect(toTypedData(bytes.buffer).bytes).toEqual(bytes);
  });
});

describe('from a function', () => {
  it.each<[string, TypedData | null | undefined, unknown]>([
    ['nothing', undefined, null],
    ['an empty answer', {}, null],
    ['text stays text', { string: '5' }, '5'],
    ['an empty text', { string: '' }, ''],
    ['JSON', { json: '[1]' }, [1]],
    ['zero', { int: 0 }, 0],
    ['a fraction', { double: 0.5 }, 0.5],
    ['several texts', { collectionString: { string: ['a', 'b'] } }, ['a', 'b']],
  ])('%s', (_, data, value) => {
    expect(fromTypedData(data)).toEqual(value);
  });

  it('as JSON text, without parsing what is JSON already', () => {
    expect(jsonOfTypedData({ json: '{ "kept": "as it is" }' })).toBe('{ "kept": "as it is" }');
    expect(jsonOfTypedData({ string: 'a"b' })).toBe('"a\\"b"');
    expect(jsonOfTypedData({ int: 0 })).toBe('0');
    expect(jsonOfTypedData({ bytes: Buffer.from('hi') })).toBe('"aGk="');
    expect(jsonOfTypedData(null)).toBeNull();
  });
});
