import { describe, expect, it } from '@jest/globals';
import { isSameDevice, isSamePort } from '../../../../../shared/domain/validation/port-names.ts';

describe('a switch port', () => {
  it.each([
    ['Ethernet1/1', 'Eth1/1'],
    ['Ethernet14/1', 'Et14/1'],
    ['swp46', 'swp46'],
    ['xe-0/0/1', 'XE-0/0/1'],
    ['gigabitethernet1/1', 'gi1/1'],
    ['GigabitEthernet1/0/1', 'Gi1/0/1'],
    ['TenGigE0/0/0/1', 'Te0/0/0/1'],
    ['HundredGigE0/0/0/3', 'Hu0/0/0/3'],
    ['TwentyFiveGigE1/0/5', 'Twe1/0/5'],
    ['Ethernet5', 'ethernet 5'],
    ['ethernet1/1/7:1', 'Ethernet1/1/7/1'],
    ['RJ-9', 'rj-9'],
    ['Port 7', 'port7'],
  ])('%s is %s', (planned, said) => expect(isSamePort(planned, said)).toBe(true));

  it.each([
    ['Ethernet1/1', 'Eth1/11'],
    ['Ethernet1/1', 'Eth11'],
    ['swp1', 'swp2'],
    ['xe-0/0/1', 'xe-0/1/1'],
    ['Gi1/0/1', 'Te1/0/1'],
    ['swp1', 'Ethernet1'],
  ])('%s is not %s', (planned, said) => expect(isSamePort(planned, said)).toBe(false));

  it.each([
    ['Ethernet1/1', '512'],
    ['xe-0/0/1', '40:a6:77:7a:72:01'],
    ['Ethernet1/1', 'to R12-U17'],
    ['swp46', 'BXVWNR2:lom2'],
  ])('%s cannot be told from %s', (planned, said) => expect(isSamePort(planned, said)).toBe('unknown'));
});

describe('a switch', () => {
  it.each([
    ['s120-f3-2', 's120-f3-2.itx4'],
    ['SW-filer-F06.dc42', 'sw-filer-f06.dc42'],
    ['toto-chassis.dc42', 'toto-chassis'],
  ])('%s is %s', (planned, said) => expect(isSameDevice(planned, said)).toBe(true));
  it.each([
    ['leaf-1', 'leaf-10'],
    ['leaf-1', 'leaf-2.dc'],
    ['leaf-1.dc1', 'leaf-1.dc2'],
  ])('%s is not %s', (planned, said) => expect(isSameDevice(planned, said)).toBe(false));
});
