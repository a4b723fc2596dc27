import { describe, expect, it } from '@jest/globals';
import { serves } from '../../../../../shared/domain/validation/serves.ts';

const wanted = { cpu: '2x Intel Xeon Gold 6530', ram: '512GB DDR5', storage: '4x 3.84TB NVMe', network: '2x 100GbE' };

describe('a machine from stock', () => {
  it.each([
    ['the same', {}, true],
    ['more memory', { ram: '1024GB DDR5' }, true],
    ['memory written as modules', { ram: '16x 32GB DDR5' }, true],
    ['memory in terabytes', { ram: '1TB DDR5' }, true],
    ['less memory', { ram: '256GB DDR5' }, false],
    ['older memory', { ram: '512GB DDR4' }, false],
    ['larger drives', { storage: '4x 7.68TB NVMe' }, true],
    ['fewer, larger drives', { storage: '2x 7.68TB NVMe' }, false],
    ['drives of another kind', { storage: '4x 3.84TB SATA SSD' }, false],
    ['faster ports', { network: '2x 200GbE' }, true],
    ['one port short', { network: '1x 100GbE' }, false],
    ['another processor', { cpu: '2x AMD EPYC 9554' }, false],
    ['one processor short', { cpu: '1x Intel Xeon Gold 6530' }, false],
    ['other spelling', { cpu: '2 x  intel xeon gold 6530' }, true],
  ])('with %s', (_what, has, answer) => {
    expect(serves({ ...wanted, ...has }, wanted)).toBe(answer);
  });
});

describe('a machine whose description cannot be understood', () => {
  it('serves whoever wants exactly that', () => {
    const odd = { ...wanted, storage: 'a few  disks' };
    expect(serves(odd, { ...odd, storage: 'A few disks' })).toBe(true);
    expect(serves(odd, wanted)).toBe(false);
  });
});

it('with several kinds of drives serves whoever wants some of them', () => {
  const two = { ...wanted, storage: '2x 480GB SSD + 4x 3.84TB NVMe' };
  expect(serves(two, wanted)).toBe(true);
  expect(serves(wanted, two)).toBe(false);
});
