import { describe, expect, it } from '@jest/globals';
import { readLldp } from '../../../../../shared/facts/host-inventory/lldp.ts';
import type { Neighbour } from '../../../../../shared/facts/server.ts';
import { contractText, describeContract } from '../../../../kit/contracts.ts';
import { aCable, asOrdered, compare } from './kit.ts';

const heard = (...neighbours: Neighbour[]) => compare({ inBand: { neighbours } });
const neighbour = (port: number, change: Partial<Neighbour> = {}): Neighbour => ({
  localPort: `ens1f${port}`,
  systemName: `leaf-${port}`,
  portId: 'Ethernet1/1',
  ...change,
});
const port = (number: number, change: object = {}) => ({
  name: `ens1f${number}`,
  mac: `02:00:00:00:00:0${number}`,
  isLinkUp: true,
  speedMbps: 100_000,
  ...change,
});

describe('a cable', () => {
  it.each([
    ['in another switch', neighbour(1, { systemName: 'leaf-9' }), 'leaf-9 Ethernet1/1'],
    ['in another port', neighbour(1, { portId: 'Eth1/7' }), 'leaf-1 Eth1/7'],
  ])('%s is found, with where it should go', (_where, wrong, found) => {
    const { differences, provedCables } = heard(wrong, neighbour(2));
    expect(differences).toEqual([
      expect.objectContaining({
        kind: 'cable',
        severity: 'major',
        place: 'NIC 1',
        expected: 'leaf-1 Ethernet1/1',
        found,
        hint: 'plug the other end into leaf-1, port Ethernet1/1',
      }),
    ]);
    expect(differences[0]?.evidence.map(({ source }) => source)).toEqual(['dcim', 'lldp']);
    expect(provedCables).toEqual(['NIC 2']);
  });

  it('swapped with another is one finding that says so', () => {
    const { differences } = heard(neighbour(1, { systemName: 'leaf-2' }), neighbour(2, { systemName: 'leaf-1' }));
    expect(differences).toEqual([
      expect.objectContaining({
        kind: 'cable',
        severity: 'major',
        place: 'NIC 1 and NIC 2',
        found: 'these two cables are swapped',
        hint: 'exchange the two plugs at the server, NIC 1 and NIC 2',
      }),
    ]);
  });

  it('of three in a circle each is told where it belongs', () => {
    const cables = [1, 2, 3].map((number) => aCable(number));
    const around = [
      neighbour(1, { systemName: 'leaf-2' }),
      neighbour(2, { systemName: 'leaf-3' }),
      neighbour(3, { systemName: 'leaf-1' }),
    ];
    const { differences } = compare({
      cables,
      inBand: { networkPorts: [port(1), port(2), port(3)], neighbours: around },
    });
    expect(differences.map(({ place, hint }) => [place, hint.split(':')[0]])).toEqual([
      ['NIC 1', 'this is where NIC 2 belongs'],
      ['NIC 2', 'this is where NIC 3 belongs'],
      ['NIC 3', 'this is where NIC 1 belongs'],
    ]);
  });

  it.each([
    ['whose link is down', { isLinkUp: false, speedMbps: undefined }, 'no link'],
    ['whose far end says nothing', {}, 'no neighbour heard'],
  ])('%s is not taken for right', (_what, change, found) => {
    expect(
      compare({ inBand: { networkPorts: [port(1, change), port(2)], neighbours: [neighbour(2)] } }).differences,
    ).toEqual([expect.objectContaining({ kind: 'cable', severity: 'major', place: 'NIC 1', found })]);
  });

  it("is right by the port's description where its id is an index", () => {
    expect(heard(neighbour(1, { portId: '512', portDescription: 'Eth1/1' }), neighbour(2)).differences).toEqual([]);
  });
  it("is right by the port's MAC where that is what the switch says", () => {
    const cables = [aCable(1, { peerMac: '40:a6:77:7a:72:01' }), aCable(2)];
    expect(
      compare({ cables, inBand: { neighbours: [neighbour(1, { portId: '40:A6:77:7A:72:01' }), neighbour(2)] } })
        .differences,
    ).toEqual([]);
  });
  it('whose switch names its port in no comparable way is noted, and not proved', () => {
    const { differences, provedCables } = heard(
      neighbour(1, { portId: '512', portDescription: 'to R12-U17' }),
      neighbour(2),
    );
    expect(differences).toEqual([expect.objectContaining({ severity: 'minor', place: 'NIC 1', found: 'leaf-1 512' })]);
    expect(provedCables).toEqual(['NIC 2']);
  });
  it('is right when one of several neighbours on the port is its far end', () => {
    expect(heard(neighbour(1, { systemName: 'some-phone' }), neighbour(1), neighbour(2)).differences).toEqual([]);
  });
});

describe('a port that nobody planned a cable for', () => {
  const third = (change: object) =>
    compare({
      inBand: {
        networkPorts: [port(1), port(2), port(3, change)],
        neighbours: [neighbour(1), neighbour(2), ...('heard' in change ? [neighbour(3)] : [])],
      },
    }).differences;
  it('and that hears a switch has a cable it should not have', () =>
    expect(third({ heard: true })).toEqual([
      expect.objectContaining({
        kind: 'cable',
        severity: 'major',
        place: 'ens1f3 (02:00:00:00:00:03)',
        expected: 'no cable',
        found: 'leaf-3 Ethernet1/1',
      }),
    ]));
  it('and that has a link without LLDP is noted', () =>
    expect(third({})).toEqual([
      expect.objectContaining({ severity: 'minor', found: 'a link to something that sends no LLDP' }),
    ]));
  it('and that is dark is as it should be', () => expect(third({ isLinkUp: false })).toEqual([]));
});

describe('a link', () => {
  const withSpeed = (speedMbps: number, change = {}) =>
    compare({ cables: [aCable(1, change), aCable(2)], inBand: { networkPorts: [port(1, { speedMbps }), port(2)] } })
      .differences;
  it('slower than both ends allow is found', () =>
    expect(withSpeed(25_000)).toEqual([
      expect.objectContaining({
        kind: 'cable',
        severity: 'major',
        place: 'NIC 1',
        expected: '100 Gbit/s',
        found: '25 Gbit/s',
      }),
    ]));
  it('is as fast as its slower end', () => expect(withSpeed(25_000, { peer: { speedMbps: 25_000 } })).toEqual([]));
  it('faster than the inventory thinks is noted', () =>
    expect(withSpeed(100_000, { peer: { speedMbps: 25_000 } })).toEqual([
      expect.objectContaining({ severity: 'info' }),
    ]));
  it('is held to what was ordered where the inventory knows neither end', () =>
    expect(withSpeed(25_000, { local: {}, peer: {} })).toEqual([
      expect.objectContaining({ severity: 'major', expected: '100 Gbit/s' }),
    ]));
});

describe('a module', () => {
  const withOptic = (optic: object, change: object = {}) =>
    compare({ cables: [aCable(1, change), aCable(2)], inBand: { optics: [{ port: 'ens1f1', ...optic }] } }).differences;
  it.each([
    ["of the port's shape", { kind: 'QSFP28' }, {}],
    ['of an older one of that shape', { kind: 'QSFP+' }, {}],
    ['that says nothing', { vendor: 'ACME' }, {}],
    [
      'that is the cable, where one was planned',
      { kind: 'QSFP28', connector: 'No separable connector' },
      { medium: 'dac' },
    ],
    ['for fibre, where fibre was planned', { kind: 'QSFP28', connector: 'MPO 1x12' }, { medium: 'fibre' }],
  ])('%s is right', (_what, optic, change) => expect(withOptic(optic, change)).toEqual([]));
  it.each([
    ['of another shape', { kind: 'SFP' }, {}, 'SFP'],
    [
      'for fibre where a whole cable was planned',
      { kind: 'QSFP28', connector: 'LC' },
      { medium: 'dac' },
      'a module (LC)',
    ],
    [
      'that is a whole cable where fibre was planned',
      { kind: 'QSFP28', connector: 'No separable connector' },
      { medium: 'fibre' },
      'a cable with its modules on it (DAC or AOC)',
    ],
  ])('%s is noted', (_what, optic, change, found) =>
    expect(withOptic(optic, change)).toEqual([
      expect.objectContaining({ kind: 'optic', severity: 'minor', place: 'NIC 1', found }),
    ]),
  );
});

describeContract('recorded switches', 'host-inventory/lldp', () => {
  const planned = (peerDevice: string, peerPort: string, localPort: string) =>
    aCable(1, { localMac: '02:00:00:00:00:01', peerDevice, peerPort, localPort });
  it.each([
    ['qfx.txt', 'sw-filer-f06', 'xe-0/0/1', 'eth0', true],
    ['qfx.txt', 'sw-filer-f06', 'xe-0/0/2', 'eth0', false],
    ['qfx.txt', 'sw-filer-f05', 'xe-0/0/1', 'eth0', false],
    ['cumulus.txt', 'toto-chassis.dc42', 'swp46', 'eno1', true],
    ['dedibox1.txt', 's120-f3-2', 'RJ-9', 'enp1s0f0', true],
    ['lldpcli-1.0.16-neighbors.json0.json', 'dc1-r12-tor1', 'Eth14/1', 'cli0', true],
    ['lldpcli-1.0.16-neighbors.json0.json', 'dc1-r12-tor1', 'Ethernet14/2', 'cli0', false],
  ])('%s proves a cable to %s %s on %s: %s', (file, device, far, local, isProved) => {
    const neighbours = readLldp(contractText(`host-inventory/lldp/${file}`)).neighbours ?? [];
    const networkPorts = [{ name: local, mac: '02:00:00:00:00:01', isLinkUp: true }];
    const { provedCables } = compare({
      cables: [planned(device, far, local)],
      inBand: { ...asOrdered, networkPorts, neighbours },
    });
    expect(provedCables).toEqual(isProved ? [local] : []);
  });
});
