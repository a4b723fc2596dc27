import { describe, expect, it } from '@jest/globals';
import { carrierOf } from '../../../../../shared/domain/receiving/carrier-of.ts';
import type { Carrier } from '../../../../../shared/ports/carrier.ts';

const carrier = (name: string, calledBy: RegExp, numbers: RegExp): Carrier => ({
  name,
  calledBy,
  numbers,
  track: async () => ({ status: 'unknown' }),
});
const ups = carrier('ups', /^ups\b/i, /^1Z/);
const post = carrier('post', /^post/i, /^\d{12}$/);
const rail = carrier('rail', /^rail/i, /^(\d{12}|R\d+)$/);
const all = [ups, post, rail];

describe('the carrier of a shipment', () => {
  it.each([
    ['is the one that the vendor names', { carrier: 'UPS Freight', trackingNumber: '123456789012' }, ups],
    [
      'is found by its number where the vendor’s word says nothing',
      { carrier: 'ground', trackingNumber: '1Z 999' },
      ups,
    ],
    ['is found by a number that only one of them gives', { carrier: '', trackingNumber: 'R7' }, rail],
    ['is not guessed where several give such numbers', { carrier: '', trackingNumber: '123456789012' }, undefined],
    ['is not guessed where nobody gives such numbers', { carrier: 'DHL', trackingNumber: 'JD01' }, undefined],
  ])('%s', (_name, shipment, expected) => {
    expect(carrierOf(all, shipment)).toBe(expected);
    expect(carrierOf(all.toReversed(), shipment)).toBe(expected);
  });
});
