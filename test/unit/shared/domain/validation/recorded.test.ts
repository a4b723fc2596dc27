import { describe, expect, it } from '@jest/globals';
import { readDmidecode } from '../../../../../shared/facts/host-inventory/dmidecode.ts';
import type { ServerFacts } from '../../../../../shared/facts/server.ts';
import { contractText, describeContract } from '../../../../kit/contracts.ts';
import { compare, config } from './kit.ts';

/** What these machines would have been ordered as, read off their recordings by hand. */
const orders: readonly (readonly [file: string, cpu: string, ram: string])[] = [
  ['Dell_DSS7500', '2x Intel Xeon E5-2630 v4', '12x 16GB DDR4'],
  ['Dell_PowerEdge_M630', '2x Intel Xeon E5-2683 v3', '64GB DDR4'],
  ['HP_BL460c_Gen10', '2x Intel Xeon Gold 6126', '4x 16GB DDR4'],
  ['HP_BL460c_Gen9', '2x Intel Xeon E5-2640 v4', '48GB DDR4'],
  ['HP_ProLiant_BL460c_Gen10_Graphics_Exp', '2x Intel Xeon Gold 6132', '128GB DDR4'],
  ['HP_ProLiant_m710x', '1x Intel Xeon E3-1585L v5', '4x 16GB DDR4'],
  ['HP_SL4540_Gen8', '2x Intel Xeon E5-2407 v2', '8x 16GB DDR3'],
  ['QCT_X10E-9N', '1x Intel Xeon E3-1240 v6', '32GB DDR4'],
  ['SM_SSG-6028R', '1x Intel Xeon E5-2620 v4', '64GB DDR4'],
  ['SM_SYS-6018R', '2x Intel Xeon E5-2630 v4', '4x 16GB DDR4'],
  ['SYS-5039MS-H12TRF-OS012.txt', '1x Intel Xeon E3-1245 v5', '2x 16GB DDR4'],
];
const read = (file: string) => readDmidecode(contractText(`host-inventory/dmidecode/${file}`));
const partsOf = (facts: ServerFacts, cpu: string, ram: string) =>
  compare({
    inBand: { processors: facts.processors, memory: facts.memory },
    server: { manifest: null, config: { ...config, cpu, ram } },
  }).differences.filter(({ kind }) => kind === 'processor' || kind === 'memory');

describeContract('a recorded server', 'host-inventory/dmidecode', () => {
  describe.each(orders)('%s, ordered with %s and %s', (file, cpu, ram) => {
    it('is what was ordered', () => expect(partsOf(read(file), cpu, ram)).toEqual([]));

    it('is not, without one of its memory modules', () => {
      const { memory } = read(file);
      const [first, ...modules] = memory?.modules ?? [];
      expect(
        partsOf(
          { ...read(file), memory: { totalMiB: (memory?.totalMiB ?? 0) - (first?.sizeMiB ?? 0), modules } },
          cpu,
          ram,
        ),
      ).toEqual([expect.objectContaining({ kind: 'memory', severity: 'major' })]);
    });

    it('is not, with another processor', () => {
      expect(partsOf(read(file), '2x AMD EPYC 7402P', ram).map(({ severity }) => severity)).toContain('major');
    });
  });

  it('with modules of two sizes has enough memory, in channels that are not filled alike', () => {
    expect(partsOf(read('HP_DL380p_Gen8'), '2x Intel Xeon E5-2620', '64GB DDR3')).toEqual([
      expect.objectContaining({ kind: 'memory', severity: 'minor', place: 'PROC  1 DIMM 11 and PROC  2 DIMM 11' }),
    ]);
  });
});
