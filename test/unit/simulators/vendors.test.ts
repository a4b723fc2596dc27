import { describe, expect, it } from '@jest/globals';
import { EffectLedger } from '../../simulators/kit/ledger.ts';
import { buildMachine, modelFor, priceOf } from '../../simulators/vendors/factory.ts';

const config = { cpu: '2x Intel Xeon Gold 6530', ram: '512GB DDR5', storage: '4x 3.84TB NVMe', network: '2x 100GbE' };

describe("a vendor's factory", () => {
  it('never builds two machines alike', () => {
    const machines = (['hpe', 'dell'] as const).flatMap((vendor) =>
      Array.from({ length: 3000 }, (_, index) => buildMachine(vendor, index + 1, 'PO', config)),
    );
    const marks = machines.flatMap((machine) => [machine.serial, machine.bmcMac, ...machine.macs]);
    expect(new Set(marks).size).toBe(marks.length);
  });

  it('asks more for more', () => {
    const minor = (over: Partial<typeof config>) => {
      const price = priceOf('dell', { ...config, ...over });
      return 'minor' in price ? price.minor : Number.NaN;
    };
    for (const over of [
      { cpu: '2x Intel Xeon Platinum 8592+' },
      { ram: '1TB DDR5' },
      { storage: '8x 3.84TB NVMe' },
      { network: '4x 100GbE' },
    ])
      expect(minor(over)).toBeGreaterThan(minor({}));
    expect(priceOf('hpe', config)).not.toEqual(priceOf('dell', config));
  });

  it.each([
    [{ cpu: 'a fast one' }, /processor/],
    [{ ram: 'plenty' }, /memory/],
    [{ storage: 'floppies' }, /storage/],
    [{ network: 'carrier pigeons' }, /network/],
  ])('declines what it does not understand: %j', (over, reason) => {
    expect(priceOf('hpe', { ...config, ...over })).toMatchObject({ reason: expect.stringMatching(reason) });
  });

  it('takes the smaller chassis for few drives', () => {
    expect([modelFor('hpe', config), modelFor('dell', { ...config, storage: '2x 960GB SSD' })]).toEqual([
      'ProLiant DL380 Gen11',
      'PowerEdge R660',
    ]);
  });
});

describe('the ledger of effects', () => {
  it('counts a repetition, and none after the effect was taken back', () => {
    const ledger = new EffectLedger();
    ledger.add('netbox', 'device made', 'srv_1', 0);
    ledger.takeBack('netbox', 'device made', 'srv_1');
    ledger.add('netbox', 'device made', 'srv_1', 1);
    expect(ledger.repeated()).toEqual([]);
    ledger.add('netbox', 'device made', 'srv_1', 2);
    expect(new EffectLedger(ledger.all()).repeated()).toMatchObject([{ key: 'srv_1', times: 2 }]);
  });
});
