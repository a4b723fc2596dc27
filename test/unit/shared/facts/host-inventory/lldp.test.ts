import { describe, expect, it } from '@jest/globals';
import { readLldp } from '../../../../../shared/facts/host-inventory/lldp.ts';

const chassis = { id: { type: 'mac', value: '02:00:00:00:aa:01' }, descr: 'EOS' };
const port = { id: { type: 'ifname', value: 'Ethernet1/1' }, descr: 'to R12-U17' };
const heard = {
  localPort: 'eno1',
  systemName: 'leaf-1',
  chassisId: '02:00:00:00:aa:01',
  portId: 'Ethernet1/1',
  portDescription: 'to R12-U17',
};

describe('LLDP', () => {
  it.each([
    [
      'json0, all arrays',
      {
        lldp: [
          {
            interface: [
              {
                name: 'eno1',
                chassis: [{ id: [chassis.id], name: [{ value: 'leaf-1' }], descr: [{ value: 'EOS' }] }],
                port: [{ id: [port.id], descr: [{ value: port.descr }] }],
              },
            ],
          },
        ],
      },
    ],
    ['json, keyed by names', { lldp: { interface: { eno1: { chassis: { 'leaf-1': chassis }, port } } } }],
    ['json, a list of interfaces', { lldp: { interface: [{ eno1: { chassis: { 'leaf-1': chassis }, port } }] } }],
  ])('reads %s', (_format, output) => {
    expect(readLldp(JSON.stringify(output)).neighbours).toEqual([heard]);
  });

  it('reads key and value, with texts that go over several lines', () => {
    const output =
      'lldp.eno1.via=LLDP\nlldp.eno1.rid=1\nlldp.eno1.chassis.mac=02:00:00:00:aa:01\n' +
      'lldp.eno1.chassis.name=leaf-1\nlldp.eno1.chassis.descr=EOS\nCopyright\n' +
      'lldp.eno1.port.ifname=Ethernet1/1\nlldp.eno1.port.descr=to R12-U17\n';
    expect(readLldp(output).neighbours).toEqual([heard]);
  });

  it('keeps two neighbours on one port apart, and ports with a VLAN in their name', () => {
    const output =
      'lldp.eno1.via=LLDP\nlldp.eno1.chassis.name=leaf-1\nlldp.eno1.via=CDP\nlldp.eno1.chassis.name=leaf-2\n' +
      'lldp.bond0.100.via=LLDP\nlldp.bond0.100.chassis.name=leaf-3\n';
    expect(readLldp(output).neighbours?.map(({ localPort, systemName }) => [localPort, systemName])).toEqual([
      ['eno1', 'leaf-1'],
      ['eno1', 'leaf-2'],
      ['bond0.100', 'leaf-3'],
    ]);
  });

  it('reads lldptool, told which port it was', () => {
    const output =
      'Chassis ID TLV\n\tMAC: 02:00:00:00:aa:01\nPort ID TLV\n\tIfname: Ethernet1/1\nPort Description ' +
      'TLV\n\tto R12-U17\nSystem Name TLV\n\tleaf-1\nEnd of LLDPDU TLV\n';
    expect(readLldp(output, 'eno1').neighbours).toEqual([heard]);
  });

  it('says nothing of ports where nothing was heard', () => {
    expect(readLldp('{"lldp": {}}')).toEqual({ source: 'lldp', identity: {} });
    expect(readLldp('')).toEqual({ source: 'lldp', identity: {} });
  });

  it.each(['{"half": ', '{"other": 1}', 'bash: lldpcli: command not found'])('says what is wrong with %j', (output) => {
    expect(() => readLldp(output)).toThrow(expect.objectContaining({ code: 'host-inventory.unreadable' }));
  });
});
