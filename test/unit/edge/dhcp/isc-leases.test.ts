import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { readIscLeases } from '../../../../edge/dhcp/isc-leases.ts';
import { contractText, describeContract } from '../../../kit/contracts.ts';

const block = (address: string, ...lines: string[]) =>
  `lease ${address} {\n${lines.map((line) => `  ${line};\n`).join('')}}\n`;
const active = (mac: string, ...more: string[]) => [
  'cltt 0 2026/11/22 15:43:57',
  'binding state active',
  'next binding state free',
  `hardware ethernet ${mac}`,
  ...more,
];

describe('the leases file of ISC dhcpd', () => {
  it('gives the leases in use', () => {
    expect(
      readIscLeases(
        block(
          '10.0.0.1',
          ...active(
            '02:00:00:00:00:bb',
            'client-hostname "node1"',
            'set vendor-class-identifier = "iDRAC"',
            'option agent.circuit-id 0:1:3:e9',
          ),
        ),
      ),
    ).toEqual([
      {
        mac: '02:00:00:00:00:bb',
        address: '10.0.0.1',
        at: '2026-11-22T15:43:57.000Z',
        hostname: 'node1',
        vendorClass: 'iDRAC',
        circuitId: '00:01:03:e9',
      },
    ]);
  });

  it('believes the last block of an address', () => {
    expect(
      readIscLeases(
        block('10.0.0.1', ...active('02:00:00:00:00:aa')) + block('10.0.0.1', ...active('02:00:00:00:00:bb')),
      ),
    ).toMatchObject([{ mac: '02:00:00:00:00:bb' }]);
    expect(
      readIscLeases(block('10.0.0.1', ...active('02:00:00:00:00:aa')) + block('10.0.0.1', 'binding state free')),
    ).toEqual([]);
  });

  it('leaves out a block that is still being written', () => {
    expect(
      readIscLeases(
        `${block('10.0.0.1', ...active('02:00:00:00:00:aa'))}lease 10.0.0.2 {\n  binding state active;\n  hardw`,
      ),
    ).toHaveLength(1);
  });

  it('reads braces, semicolons and quotes inside texts as text', () => {
    expect(
      readIscLeases(block('10.0.0.1', ...active('02:00:00:00:00:aa', String.raw`client-hostname "a};\"\101#"`))),
    ).toMatchObject([{ hostname: 'a};"A#' }]);
  });

  it('knows printable circuits and times since 1970', () => {
    expect(
      readIscLeases(
        block(
          '10.0.0.1',
          'cltt epoch 1507216949; # Thu Oct 05',
          'binding state active',
          'hardware ethernet 2:0:0:0:0:bb',
          'option agent.circuit-id "Eth1/1"',
        ),
      ),
    ).toMatchObject([{ mac: '02:00:00:00:00:bb', at: '2017-10-05T15:22:29.000Z', circuitId: 'Eth1/1' }]);
  });

  it('passes over what a handler does later', () => {
    expect(
      readIscLeases(
        block('10.0.0.1', ...active('02:00:00:00:00:aa')).replace(
          '}',
          '  on expiry {\n    execute ("x", "binding state free;");\n  }\n}',
        ),
      ),
    ).toHaveLength(1);
  });

  it('survives any text', () => {
    fc.assert(
      fc.property(
        fc.array(
          fc.constantFrom(
            'lease ',
            '10.0.0.1 ',
            '{',
            '}',
            ';',
            '"',
            '\\',
            '#',
            '\n',
            'binding state active',
            'hardware ethernet 1:2',
            'cltt 0 x y',
            'cltt epoch 99999999999999',
          ),
        ),
        (parts) => {
          expect(Array.isArray(readIscLeases(parts.join('')))).toBe(true);
        },
      ),
    );
  });
});

describeContract('recorded leases files of ISC dhcpd', 'dhcp-isc', () => {
  it.each<[string, object[]]>([
    [
      'run-isc-4.4.3.leases',
      [
        {
          mac: '02:00:00:00:00:bb',
          address: '10.99.0.100',
          hostname: 'node1',
          vendorClass: 'iDRAC',
          at: '2026-11-22T15:43:57.000Z',
        },
      ],
    ],
    [
      'options.leases',
      [
        {
          mac: '24:65:11:d9:a6:b3',
          address: '10.10.10.10',
          hostname: 'KRONOS',
          circuitId: '00:01:03:e9',
          at: '2016-02-27T07:11:41.000Z',
        },
      ],
    ],
    [
      'pfsense.leases',
      [
        { mac: '64:5a:04:6a:07:a2', address: '10.0.10.72', hostname: 'Satellite-C700', at: '2015-07-06T07:50:42.000Z' },
        { mac: '14:da:e9:04:c8:a3', address: '10.0.0.36', hostname: 'Gebruiker-PC', at: '2015-07-06T07:38:46.000Z' },
      ],
    ],
    ['debian7.leases', []],
    ['backup.leases', []],
    ['epoch.leases', []],
    ['static.leases', []],
    ['dhcpd6-4.2.4.leases', []],
    ['dhcpd6-4.3.3.leases', []],
  ])('%s', (file, leases) => {
    expect(readIscLeases(contractText(`dhcp-isc/${file}`))).toEqual(leases);
  });
});
