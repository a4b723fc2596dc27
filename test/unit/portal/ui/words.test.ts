import { describe, expect, it } from '@jest/globals';
import { count, money, sentence, shortId, words } from '../../../../portal/src/ui/words.ts';

describe('words', () => {
  it.each([
    ['PROVISIONED_TO_VENDOR_TOOL', 'Provisioned to vendor tool'],
    ['cancel-requested', 'Cancel requested'],
    ['rotate-bmc-credentials', 'Rotate BMC credentials'],
    ['lldp', 'LLDP'],
  ])('%s reads as %s', (name, read) => expect(words(name)).toBe(read));

  it.each([
    ['fulfill-order began', 'Fulfill order began'],
    ['the ship notice has come', 'The ship notice has come'],
    ['tenant-admin@acme.example asked for it', 'tenant-admin@acme.example asked for it'],
    ['2 servers from dell', '2 servers from dell'],
  ])('"%s" begins as a sentence', (text, read) => expect(sentence(text)).toBe(read));

  it('counts one and many, and nothing', () => {
    expect([0, 1, 2, 1200].map((n) => count(n, 'server'))).toEqual([
      '0 servers',
      '1 server',
      '2 servers',
      '1,200 servers',
    ]);
  });

  it('shows money by the smallest unit of its own currency', () => {
    expect(money(1_354_818, 'USD')).toBe('$13,548.18');
    expect(money(1500, 'JPY')).toBe('¥1,500');
  });

  it('shortens ids where they are alike, and nothing else', () => {
    expect(shortId('ord_01M82GPYVEET7D4AYFDE39EWMK')).toBe('ord_…9EWMK');
    expect(shortId('dc-fra-01')).toBe('dc-fra-01');
  });
});
