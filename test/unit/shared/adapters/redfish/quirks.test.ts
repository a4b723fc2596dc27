import { describe, expect, it } from '@jest/globals';
import { plainVersion, quirksOf, vendorOf, type Platform } from '../../../../../shared/adapters/redfish/quirks.ts';
import { compareVersions } from '../../../../../shared/facts/firmware-words.ts';

const platform = (different: Partial<Platform>): Platform => ({
  vendor: 'other',
  manager: '',
  model: '',
  firmware: '',
  ...different,
});

describe('quirks of a platform', () => {
  it('are none for one that is not in the table', () => {
    expect(quirksOf(platform({ vendor: 'other' }))).toEqual({});
  });

  it('are those of every class it belongs to, the special over the general', () => {
    expect(quirksOf(platform({ vendor: 'dell', manager: '16G Monolithic', model: 'PowerEdge XE9680' }))).toMatchObject({
      serviceTagInSku: true,
      accountSlots: { first: 3, last: 16 },
      networkBootTarget: 'UefiHttp',
    });
  });

  it('tell an iDRAC9 from an iDRAC10 by its generation', () => {
    expect(quirksOf(platform({ vendor: 'dell', manager: '17G Monolithic' }))).toMatchObject({
      bootOverrideInSettings: true,
    });
    expect(quirksOf(platform({ vendor: 'dell', manager: '17G Monolithic' })).accountSlots).toBeUndefined();
  });
});

describe('a vendor', () => {
  it.each([
    [['Dell'], 'dell'],
    [['Hpe'], 'hpe'],
    [['HP', undefined], 'hpe'],
    [[undefined, 'Lenovo'], 'lenovo'],
    [[undefined, undefined, 'OpenBmc', 'Contoso'], 'openbmc'],
    [['Supermicro'], 'supermicro'],
    [['AMI'], 'ami'],
    [['Contoso', 'Joo Janta 200'], 'other'],
  ] as const)('%j is %s', (saidBy, vendor) => {
    expect(vendorOf(...saidBy)).toBe(vendor);
  });
});

describe('a firmware version', () => {
  it.each([
    ['hpe', 'U46 v2.34 (03/11/2025)', '2.34'],
    ['hpe', '3.11 Feb 25 2025', '3.11'],
    ['hpe', 'iLO 6 v1.66', '1.66'],
    ['hpe', '0x16', '0x16'],
    ['hpe', '2.34', '2.34'],
    ['lenovo', '42S-2.83', '2.83'],
    ['lenovo', '22J-1.51', '1.51'],
    ['lenovo', 'E2MU200', 'E2MU200'],
    ['dell', '6.00.30.00', '6.00.30.00'],
  ] as const)('of %s %s is %s', (vendor, text, version) => {
    expect(plainVersion(text, quirksOf(platform({ vendor })))).toBe(version);
  });

  it.each([
    ['1.9', '1.10', -1],
    ['7.00.60.00', '7.0.60', 0],
    ['2', '1.99.99', 1],
  ] as const)('%s against %s orders by number', (a, b, sign) => {
    expect(Math.sign(compareVersions(a, b))).toBe(sign);
  });
});
