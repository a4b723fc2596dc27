import { describe, expect, it } from '@jest/globals';
import { isSameProcessor } from '../../../../../shared/domain/validation/processor-words.ts';
import { readDmidecode } from '../../../../../shared/facts/host-inventory/dmidecode.ts';
import { contractFiles, contractText, describeContract } from '../../../../kit/contracts.ts';

describe('a processor is the same', () => {
  it.each([
    ['Intel Xeon Gold 6530', 'INTEL(R) XEON(R) GOLD 6530'],
    ['intel xeon gold 6354', 'Intel(R) Xeon(R) Gold 6354 CPU @ 3.00GHz'],
    ['AMD EPYC 7402P', 'AMD EPYC 7402P 24-Core Processor'],
    ['Intel Xeon E5-2630 v4', 'Intel(R) Xeon(R) CPU E5-2630 v4 @ 2.20GHz'],
    ['Xeon E5-2620', ' Intel(R) Xeon(R) CPU E5-2620 0 @ 2.00GHz       '],
    ['Intel Xeon D-1541', 'Intel(R) Xeon(R) CPU D-1541 @ 2.10GHz'],
    ['Intel Xeon Platinum 8462Y+', 'Intel(R) Xeon(R) Platinum 8462Y+'],
  ])('%s is %s', (ordered, measured) => expect(isSameProcessor(ordered, measured)).toBe(true));
});

describe('a processor is another', () => {
  it.each([
    ['Intel Xeon Gold 6530', 'INTEL(R) XEON(R) GOLD 6430'],
    ['Intel Xeon Silver 4410', 'Intel(R) Xeon(R) Silver 4410Y'],
    ['Intel Xeon Gold 6530', 'INTEL(R) XEON(R) SILVER 6530'],
    ['AMD EPYC 9354', 'Intel Xeon 9354'],
    ['Intel Xeon E5-2630 v4', 'Intel(R) Xeon(R) CPU E5-2630 v3 @ 2.40GHz'],
  ])('%s is not %s', (ordered, measured) => expect(isSameProcessor(ordered, measured)).toBe(false));
});

it.each([['Intel(R) Xeon(R) processor'], ['Multi-Core Intel(R) Xeon(R) processor 7xxx Series'], ['AMD 24-Core']])(
  'cannot be told by %s',
  (words) => {
    expect(isSameProcessor('Intel Xeon Gold 6530', words)).toBe('unknown');
  },
);

describeContract('recorded servers', 'host-inventory/dmidecode', () => {
  it.each(contractFiles('host-inventory/dmidecode'))(
    '%s: every processor is recognised by its model, and is that of the socket beside it',
    (file) => {
      const models = (readDmidecode(contractText(`host-inventory/dmidecode/${file}`)).processors ?? []).flatMap(
        ({ model }) => model ?? [],
      );
      for (const model of models) expect(isSameProcessor(model, models[0] ?? '')).toBe(true);
    },
  );
});
