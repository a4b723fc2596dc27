import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { readByteRange } from '../../../../edge/boot/byte-range.ts';

describe('a Range header', () => {
  it.each([
    ['bytes=0-99', { first: 0, last: 99 }],
    ['bytes=900-', { first: 900, last: 999 }],
    ['bytes=-100', { first: 900, last: 999 }],
    ['bytes=-5000', { first: 0, last: 999 }],
    ['bytes=500-5000', { first: 500, last: 999 }],
    ['bytes=0-0', { first: 0, last: 0 }],
    ['bytes=1000-', 'unsatisfiable'],
    ['bytes=-0', 'unsatisfiable'],
    [undefined, 'whole'],
    ['bytes=-', 'whole'],
    ['bytes=9-5', 'whole'],
    ['bytes=0-1,5-6', 'whole'],
    ['lines=0-9', 'whole'],
    ['bytes=a-b', 'whole'],
  ] as const)('%s of a thousand bytes', (header, range) => {
    expect(readByteRange(header, 1000)).toEqual(range);
  });

  it('never reaches past the file', () => {
    fc.assert(
      fc.property(
        fc.nat(5000),
        fc.oneof(
          fc.tuple(fc.nat(9000), fc.nat(9000)).map(([a, b]) => `bytes=${a}-${b}`),
          fc.nat(9000).map((n) => `bytes=-${n}`),
          fc.string(),
        ),
        (size, header) => {
          const range = readByteRange(header, size);
          if (typeof range === 'object')
            expect(range.first >= 0 && range.first <= range.last && range.last < size).toBe(true);
        },
      ),
    );
  });
});
