import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { compareFacts } from '../../../../shared/validation/compare.ts';
import type { ManifestItem, ServerFacts } from '../../../../shared/facts.ts';
import type { CablePlan } from '../../../../shared/ports/inventory.ts';

const manifest: ManifestItem = {
  serial: 'SGH1', model: 'DL360', manufacturer: 'HPE', bmcMac: '02:00:00:00:00:00', macs: ['02:00:00:00:00:01', '02-00-00-00-00-02'],
  config: { cpu: '2x Intel Xeon Gold 6530', ram: '512GB DDR5', storage: '4x 3.84TB NVMe', network: '2x 100GbE' },
};
const cable: CablePlan = { kind: 'network', localPort: 'NIC 1', localMac: '02:00:00:00:00:01', peerDevice: 'sw-1', peerPort: 'Ethernet5' } as CablePlan;

const asOrdered: ServerFacts = {
  source: 'validation-image',
  identity: { serial: 'SGH1' },
  processors: [{ socket: 'CPU 1' }, { socket: 'CPU 2' }],
  memory: { totalMiB: 512 * 1024 - 900, modules: [] }, // firmware keeps a little
  drives: ['a', 'b', 'c', 'd'].map((name) => ({ name })),
  networkPorts: [{ name: 'ens1f0', mac: '02:00:00:00:00:01', isLinkUp: true }, { name: 'ens1f1', mac: '02:00:00:00:00:02', isLinkUp: true }],
  neighbours: [{ localPort: 'ens1f0', systemName: 'sw-1', portId: 'Ethernet5' }],
};
const compare = (change: Partial<ServerFacts>, expected: { manifest?: ManifestItem | null; cables?: CablePlan[] } = {}) => compareFacts({ ...asOrdered, ...change }, { manifest, cables: [cable], ...expected });
const withRam = (ram: string) => ({ manifest: { ...manifest, config: { ...manifest.config, ram } } });

describe('a server that is as it was ordered', () => {
  it('differs in nothing', () => expect(compare({})).toEqual([]));
  it('may have more than was ordered', () => expect(compare({ memory: { totalMiB: 1024 * 1024, modules: [] }, drives: [...(asOrdered.drives ?? []), { name: 'boot' }], networkPorts: [...(asOrdered.networkPorts ?? []), { name: 'usb0', mac: '02:00:00:00:00:09' }] })).toEqual([]));
  it('is recognised by its MACs, however they are written', () => {
    expect(compare({ networkPorts: [{ name: 'ens1f0', mac: '02-00-00-00-00-01' }, { name: 'ens1f1', mac: '0200.0000.0002' }] })).toEqual([]);
  });
  it('that came without a manifest is checked for its cables only', () => {
    expect(compare({ identity: {}, drives: [] }, { manifest: null })).toEqual([]);
    expect(compare({ neighbours: [] }, { manifest: null })).toHaveLength(1);
  });
});

describe('every difference is named with its place, what was expected and what was found', () => {
  it.each([
    ['another machine', { identity: { serial: 'XYZ' } }, { kind: 'identity', place: 'system', expected: 'SGH1', found: 'XYZ' }],
    ['a machine that does not say who it is', { identity: {} }, { kind: 'identity', found: 'no serial number' }],
    ['a missing processor', { processors: [{ socket: 'CPU 1' }] }, { kind: 'processor', expected: '2x Intel Xeon Gold 6530', found: '1 processors' }],
    ['a missing memory module', { memory: { totalMiB: 480 * 1024, modules: [] } }, { kind: 'memory', expected: '512GB DDR5', found: '480 GB' }],
    ['no memory measured at all', { memory: undefined }, { kind: 'memory', found: '0 GB' }],
    ['a missing drive', { drives: [{ name: 'a' }, { name: 'b' }, { name: 'c' }] }, { kind: 'drive', found: '3 drives' }],
    ['a cable in another switch', { neighbours: [{ localPort: 'ens1f0', systemName: 'sw-2', portId: 'Ethernet5' }] }, { kind: 'cable', place: 'NIC 1', expected: 'sw-1 Ethernet5', found: 'sw-2 Ethernet5' }],
    ['a cable in another port', { neighbours: [{ localPort: 'ens1f0', systemName: 'sw-1', portId: 'Ethernet6' }] }, { kind: 'cable', found: 'sw-1 Ethernet6' }],
    ['a switch that says nothing', { neighbours: [] }, { kind: 'cable', found: 'no neighbour heard' }],
    ['a dead link', { neighbours: [], networkPorts: asOrdered.networkPorts?.map((port) => ({ ...port, isLinkUp: false })) }, { kind: 'cable', found: 'no link' }],
  ] as const)('%s', (_what, change, difference) => expect(compare(change as Partial<ServerFacts>)).toEqual([expect.objectContaining({ severity: 'major', ...difference })]));

  it('a missing port, and with it its cable', () => {
    expect(compare({ networkPorts: asOrdered.networkPorts?.slice(1), neighbours: [] }).map(({ kind, place }) => `${kind} ${place}`)).toEqual(['network-port 02:00:00:00:00:01', 'cable NIC 1']);
  });

  it('and all of them at once', () => {
    const kinds = compare({ identity: {}, processors: [], memory: undefined, drives: [], networkPorts: [], neighbours: [] }).map(({ kind }) => kind);
    expect(kinds).toEqual(['identity', 'processor', 'memory', 'drive', 'network-port', 'network-port', 'cable']);
  });
});

describe('memory', () => {
  it.each([['512GB DDR5', 512], ['16x 32GB DDR5', 512], ['1.5TB DDR5', 1536], ['2 x 256 GB', 512], ['1TB', 1024]])('of %s is %i GB', (ram, gigabytes) => {
    expect(compare({ memory: { totalMiB: gigabytes * 1024, modules: [] } }, withRam(ram))).toEqual([]);
    expect(compare({ memory: { totalMiB: gigabytes * 1024 * 0.9, modules: [] } }, withRam(ram))).toHaveLength(1);
  });
  it('is missing as soon as one of its modules is, whatever their number', () => {
    fc.assert(fc.property(fc.integer({ min: 1, max: 32 }), fc.constantFrom(8, 16, 32, 64, 128), (modules, size) => {
      const ram = withRam(`${modules}x ${size}GB`);
      expect(compare({ memory: { totalMiB: modules * size * 1024 * 0.98, modules: [] } }, ram)).toEqual([]);
      expect(compare({ memory: { totalMiB: (modules - 1) * size * 1024, modules: [] } }, ram)).toHaveLength(1);
    }));
  });
});
