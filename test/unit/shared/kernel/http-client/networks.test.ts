import { expect, it } from '@jest/globals';
import { containsIp, liesWithin } from '../../../../../shared/kernel/http-client/networks.ts';

it.each([
  [true, 'an address of the prefix', 'https://10.20.3.7'],
  [true, 'one with a port', 'http://10.20.3.7:8443'],
  [true, 'one of the second prefix', 'https://[fd00:20::7]'],
  [false, 'another network', 'https://10.21.0.1'],
  [false, 'the metadata service of a cloud', 'http://169.254.169.254'],
  [false, 'a name', 'https://bmc.example'],
  [false, 'the same, disguised as a number', 'http://0xa9fea9fe'],
  [false, 'nothing that is an address', 'bmc'],
] as const)('says %s to %s', (isWithin, _what, address) => {
  expect(liesWithin(['10.20.0.0/16', 'fd00:20::/64'], address)).toBe(isWithin);
});

it('allows nothing where there is no prefix', () => {
  expect(liesWithin([], 'https://10.20.3.7')).toBe(false);
});

it.each([
  [true, 'an address of the prefix', '10.20.3.7'],
  [true, 'the same, as IPv6 writes it', '::ffff:10.20.3.7'],
  [true, 'one of the second prefix', 'fd00:20::7'],
  [false, 'another network', '10.21.0.1'],
  [false, 'this machine', '::1'],
  [false, 'a name', 'localhost'],
  [false, 'an address with a port', '10.20.3.7:443'],
] as const)('says %s to a connection to %s', (isWithin, _what, ip) => {
  expect(containsIp(['10.20.0.0/16', 'fd00:20::/64'], ip)).toBe(isWithin);
});
