import { describe, expect, it } from '@jest/globals';
import { presets } from '../../../../../portal/src/orders/forms/presets.ts';
import { readOrder } from '../../../../../shared/domain/validation/order-words.ts';
import { stockConfig } from '../../../../simulators/shelf.ts';

const usual = { cpu: '2x Intel Xeon Gold 6530', ram: '512GB DDR5', storage: '4x 3.84TB NVMe', network: '2x 100GbE' };
const read = (part: keyof typeof usual, text: string) => readOrder({ ...usual, [part]: text })[part];

describe("an order's words", () => {
  it.each([
    ['2x Intel Xeon Gold 6530', { count: 2, what: 'intel xeon gold 6530' }],
    ['AMD EPYC 9354', { count: 1, what: 'amd epyc 9354' }],
    ['1 × Intel  Xeon E5-2630 v4', { count: 1, what: 'intel xeon e5-2630 v4' }],
  ])('cpu: %s', (text, is) => expect(read('cpu', text)).toEqual({ is }));

  it.each([
    ['512GB DDR5', { totalGiB: 512, what: 'ddr5' }],
    ['8x 64GB DDR5', { totalGiB: 512, modules: { count: 8, sizeGiB: 64 }, what: 'ddr5' }],
    ['1.5TB DDR5', { totalGiB: 1536, what: 'ddr5' }],
    ['2 x 256 GiB', { totalGiB: 512, modules: { count: 2, sizeGiB: 256 }, what: '' }],
  ])('ram: %s', (text, is) => expect(read('ram', text)).toEqual({ is }));

  it.each([
    ['4x 3.84TB NVMe', [{ count: 4, bytes: 3_840_000_000_000, media: 'nvme', what: 'nvme' }]],
    ['12x 20TB HDD', [{ count: 12, bytes: 20e12, media: 'hdd', what: 'hdd' }]],
    ['2x 960GB SATA SSD', [{ count: 2, bytes: 960e9, media: 'ssd', what: 'sata ssd' }]],
    [
      '2x 480GB SSD + 4x 3.84TB NVMe',
      [
        { count: 2, bytes: 480e9, media: 'ssd', what: 'ssd' },
        { count: 4, bytes: 3.84e12, media: 'nvme', what: 'nvme' },
      ],
    ],
    ['8x 2.4TB SAS 10k', [{ count: 8, bytes: 2.4e12, media: 'hdd', what: 'sas 10k' }]],
    ['1x 1TB', [{ count: 1, bytes: 1e12, what: '' }]],
    ['1x 1TiB NVMe', [{ count: 1, bytes: 2 ** 40, media: 'nvme', what: 'nvme' }]],
  ])('storage: %s', (text, is) => expect(read('storage', text)).toEqual({ is }));

  it.each([
    ['2x 100GbE', [{ count: 2, speedMbps: 100_000, what: '' }]],
    ['2x 25GbE SFP28', [{ count: 2, speedMbps: 25_000, what: 'sfp28' }]],
    ['4x 10GBASE-T', [{ count: 4, speedMbps: 10_000, what: '' }]],
    [
      '2x 100G, 2x 1 Gbit/s',
      [
        { count: 2, speedMbps: 100_000, what: '' },
        { count: 2, speedMbps: 1000, what: '' },
      ],
    ],
    ['1x 2.5GbE', [{ count: 1, speedMbps: 2500, what: '' }]],
    ['1x 25 gigabit', [{ count: 1, speedMbps: 25_000, what: '' }]],
  ])('network: %s', (text, is) => expect(read('network', text)).toEqual({ is }));

  it.each([
    ['cpu', '2x Xeon'],
    ['cpu', 'fast ones'],
    ['ram', 'plenty'],
    ['ram', '512'],
    ['storage', 'a few disks'],
    ['storage', '2x 480GB SSD + some NVMe'],
    ['network', 'dual port'],
    ['network', '2x 100'],
  ] as const)('that cannot be understood are told apart from those that can: %s %s', (part, text) => {
    expect(read(part, text)).toEqual({ unread: expect.stringMatching(/^it names no /) });
  });

  it('are understood in everything that the portal offers and the shelf holds', () => {
    for (const config of [...presets.map((preset) => preset.config), stockConfig])
      expect(Object.values(readOrder(config)).filter((each) => 'unread' in each)).toEqual([]);
  });
});
