import { expect, it } from '@jest/globals';
import { expectationOf } from '../../../../../shared/domain/validation/expected.ts';
import { validate } from '../../../../../shared/domain/validation/validate.ts';
import type { ServerConfig } from '../../../../../shared/facts/server.ts';
import { understandBmcs } from '../../../../bench/real-input.ts';
import { describeContract } from '../../../../kit/contracts.ts';

/** What these machines would have been ordered as, read off their recordings by hand. */
const orders = {
  'dell-r750-idrac9': {
    cpu: '2x Intel Xeon Gold 6354',
    ram: '16x 32GB DDR4',
    storage: '3x 1.92TB NVMe',
    network: '5x 25GbE',
  },
  'hpe-dl360gen10plus-ilo5': {
    cpu: '2x Intel Xeon Silver 4310',
    ram: '12x 16GB DDR4',
    storage: '2x 480GB SSD',
    network: '6x 10GbE',
  },
  'hpe-dl380agen11-ilo6': {
    cpu: '2x Intel Xeon Gold 6530',
    ram: '512GB DDR5',
    storage: '5x 6.4TB NVMe + 2x 1.6TB NVMe',
    network: '2x 100GbE',
  },
  'lenovo-sr670v2-xcc': {
    cpu: '2x Intel Xeon Platinum 8362',
    ram: '16x 64GB DDR4',
    storage: '2x 960GB SSD, 2x 7.68TB NVMe',
    network: '4x 25GbE',
  },
} as const;

describeContract('recorded BMCs', 'redfish', () => {
  it('describe machines that are what they were ordered as, and no larger ones', async () => {
    const bmcs = await understandBmcs();
    for (const [sample, config] of Object.entries(orders)) {
      const facts = bmcs.find((each) => each.sample === sample)?.facts;
      if (!facts) throw new Error(`${sample} was not understood`);
      const compare = (change: Partial<ServerConfig> = {}) => {
        const expected = expectationOf(
          {
            serial: facts.identity.serial ?? null,
            model: facts.identity.model ?? null,
            macs: [],
            config: { ...config, ...change },
            manifest: null,
          },
          [],
          {
            manufacturer: '',
            model: '',
            heightUnits: 2,
            networkPorts: [],
            managementPorts: [],
            powerPorts: [],
            bays: [],
          },
        );
        return validate(facts, null, expected)
          .differences.filter(({ severity }) => severity === 'major')
          .map(({ kind }) => kind);
      };
      expect({ sample, differs: compare() }).toEqual({ sample, differs: [] });
      expect(compare({ cpu: '2x Intel Xeon Gold 6430' })).toEqual(['processor', 'processor']);
      expect(compare({ ram: '2TB DDR5' })).toEqual(['memory']);
      expect(compare({ storage: '24x 480GB SSD' })).toEqual(['drive']);
      expect(compare({ network: '8x 10GbE' })).toEqual(['network-port']);
    }
  });
});
