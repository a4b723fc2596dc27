import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { Difference } from '../../../../../shared/domain/validation/finding.ts';
import { asOrdered, compare, config, manifest, profile, type Changes } from './kit.ts';

const ordering = (change: Partial<typeof config>): Changes['server'] => ({
  config: { ...config, ...change },
  manifest: { ...manifest, config: { ...config, ...change } },
});
const gist = ({ kind, severity, place, found }: Difference) => ({ kind, severity, place, found });
const modules = (sizes: readonly number[], first = 1) => ({
  totalMiB: sizes.reduce((sum, each) => sum + each, 0) * 1024,
  modules: sizes.map((size, index) => ({ slot: `A${index + first}`, sizeMiB: size * 1024, speedMtps: 4800 })),
});
const sixteen = Array.from({ length: 16 }, () => 32);

describe('a server that is as it was ordered', () => {
  it('differs in nothing, and each of its cables is proved', () => {
    expect(compare()).toEqual({ facts: asOrdered, differences: [], provedCables: ['NIC 1', 'NIC 2'] });
  });
  it('may have more than was ordered', () => {
    const more = {
      memory: modules([...sixteen, ...sixteen]),
      drives: [...(asOrdered.drives ?? []), { name: 'sda', serial: 'BOOT', sizeBytes: 480e9, media: 'ssd' as const }],
      networkPorts: [...(asOrdered.networkPorts ?? []), { name: 'ens2f0', mac: '02:00:00:00:00:09', isLinkUp: false }],
    };
    expect(compare({ inBand: more }).differences).toEqual([]);
  });
  it('is recognised by its MACs, however they are written', () => {
    expect(
      compare({
        inBand: {
          networkPorts: [
            { name: 'ens1f1', mac: '02-00-00-00-00-01' },
            { name: 'ens1f2', mac: '0200.0000.0002' },
          ],
        },
      }).differences,
    ).toEqual([]);
  });
  it("is not held to have the BMC's own link as a port", () => {
    expect(
      compare({
        inBand: {
          networkPorts: [
            ...(asOrdered.networkPorts ?? []),
            { name: 'usb0', mac: '0a:ca:fe:f0:0d:04', isLinkUp: true, speedMbps: 425 },
          ],
        },
      }).differences,
    ).toEqual([]);
  });
  it('is checked in the same way when it came without a ship notice', () => {
    expect(compare({ server: { manifest: null } }).differences).toEqual([]);
    expect(compare({ server: { manifest: null }, inBand: { drives: [] } }).differences.map(gist)).toEqual([
      expect.objectContaining({ kind: 'drive', severity: 'major' }),
    ]);
  });
});

describe('every difference is named with its place, what was found, who said so and what usually helps', () => {
  it.each<[string, Changes, Partial<Difference>]>([
    [
      'another machine',
      { inBand: { identity: { serial: 'XYZ' } } },
      { kind: 'identity', severity: 'major', place: 'system', expected: 'SGH1', found: 'XYZ' },
    ],
    [
      'a machine that nobody can name',
      { inBand: { identity: {} }, outOfBand: { identity: {} } },
      { kind: 'identity', severity: 'major', found: 'no serial number' },
    ],
    [
      'a board without a serial number, whose BMC has it',
      { inBand: { identity: {} }, outOfBand: {} },
      { kind: 'identity', severity: 'info' },
    ],
    [
      'another model',
      { inBand: { identity: { serial: 'sgh1', model: 'ProLiant DL380 Gen10' } } },
      { kind: 'model', severity: 'minor', place: 'system', found: 'ProLiant DL380 Gen10' },
    ],
    [
      'a missing processor',
      { inBand: { processors: [{ socket: 'Proc 1', model: 'INTEL(R) XEON(R) GOLD 6530' }] } },
      { kind: 'processor', severity: 'major', place: 'sockets', found: '1 processor' },
    ],
    [
      'another processor',
      {
        inBand: {
          processors: [
            { socket: 'Proc 1', model: 'INTEL(R) XEON(R) GOLD 6530' },
            { socket: 'Proc 2', model: 'INTEL(R) XEON(R) SILVER 4410Y' },
          ],
        },
      },
      { kind: 'processor', severity: 'major', place: 'Proc 2', found: 'INTEL(R) XEON(R) SILVER 4410Y' },
    ],
    [
      'processors that nobody names',
      { inBand: { processors: [{ socket: 'Proc 1' }, { socket: 'Proc 2' }] } },
      { kind: 'processor', severity: 'info' },
    ],
    [
      'a missing memory module',
      { inBand: { memory: modules(sixteen.slice(1), 2) } },
      { kind: 'memory', severity: 'major', place: 'A1', found: '480 GB in 15 modules' },
    ],
    [
      'a module too small',
      { inBand: { memory: modules([16, ...sixteen.slice(1)]) } },
      { kind: 'memory', severity: 'major', place: 'A1', found: '496 GB in 16 modules; A1 has 16 GB' },
    ],
    [
      'modules of unlike speeds',
      {
        inBand: {
          memory: {
            totalMiB: 524_288,
            modules: modules(sixteen).modules.map((each, index) => ({ ...each, speedMtps: index === 3 ? 4400 : 4800 })),
          },
        },
      },
      { kind: 'memory', severity: 'minor', place: 'A4', found: '4400 MT/s; the others run at 4800 MT/s' },
    ],
    [
      'no memory measured at all',
      { inBand: { memory: undefined } },
      { kind: 'measurement', severity: 'major', place: 'memory', found: 'not measured' },
    ],
    [
      'a missing drive',
      { inBand: { drives: asOrdered.drives?.slice(1) } },
      { kind: 'drive', severity: 'major', place: 'bays', found: '3 of 4 drives of 3.84 TB NVME' },
    ],
    [
      'a drive that is failing',
      {
        inBand: {
          drives: asOrdered.drives?.map((drive, index) =>
            index === 0 ? { ...drive, health: 'critical' as const } : drive,
          ),
        },
      },
      { kind: 'drive', severity: 'major', place: 'nvme1n1 (S1)', found: 'health critical' },
    ],
    [
      'a drive that warns',
      {
        inBand: {
          drives: asOrdered.drives?.map((drive, index) =>
            index === 0 ? { ...drive, health: 'warning' as const } : drive,
          ),
        },
      },
      { kind: 'drive', severity: 'minor' },
    ],
    [
      'an output nobody could read',
      { inBand: { unread: [{ output: 'dmidecode', reason: 'garbled' }] } },
      { kind: 'measurement', severity: 'minor', place: 'dmidecode', found: 'garbled' },
    ],
    [
      'an output that only adds',
      { inBand: { unread: [{ output: 'optics/ens1f1', reason: 'garbled' }] } },
      { kind: 'measurement', severity: 'info' },
    ],
    [
      'an order nobody understands',
      { server: ordering({ ram: 'plenty' }) },
      { kind: 'order', severity: 'info', place: 'ram', expected: 'plenty' },
    ],
    [
      'a ship notice with less than was ordered',
      { server: { config: { ...config, ram: '1024GB DDR5' } } },
      { kind: 'order', severity: 'major', place: 'ship notice' },
    ],
    [
      'a model with more ports',
      { profile: { networkPorts: [...profile.networkPorts, { name: 'NIC 3' }] } },
      {
        kind: 'model',
        severity: 'major',
        place: 'network ports',
        expected: '3 ports: NIC 1, NIC 2, NIC 3',
        found: '2 ports',
      },
    ],
    [
      'a model without room for what is in it',
      { profile: { networkPorts: profile.networkPorts.slice(1), bays: [] } },
      { kind: 'model', severity: 'minor', place: 'network ports' },
    ],
    [
      'a model nobody has described',
      { profile: { networkPorts: [], managementPorts: [], powerPorts: [], bays: [] } },
      { kind: 'model', severity: 'info', found: 'no ports described' },
    ],
    [
      'what the BMC sees and the machine does not',
      { outOfBand: { drives: [...(asOrdered.drives ?? []), { name: 'Bay 9', serial: 'S9' }] } },
      {
        kind: 'drive',
        severity: 'minor',
        place: 'Bay 9 (S9)',
        expected: 'present (by its BMC)',
        found: 'not seen (by its own system)',
      },
    ],
  ])('%s', (_what, change, difference) => {
    const { differences } = compare(change);
    expect(differences).toEqual([expect.objectContaining(difference)]);
    expect(differences[0]?.evidence.length).toBeGreaterThan(0);
    expect(differences[0]?.hint).toBeTruthy();
  });

  it('a drive of another kind or size is told from one that is missing', () => {
    const [one, ...others] = asOrdered.drives ?? [];
    expect(
      compare({ inBand: { drives: [{ ...one, name: 'nvme1n1', sizeBytes: 1.92e12 }, ...others] } }).differences.map(
        ({ found }) => found,
      ),
    ).toEqual(['3 of 4 drives of 3.84 TB NVME; instead nvme1n1 (S1) 1.92 TB NVME']);
    expect(
      compare({ inBand: { drives: [{ ...one, name: 'sda', media: 'hdd' }, ...others] } }).differences.map(
        ({ found }) => found,
      ),
    ).toEqual(['3 of 4 drives of 3.84 TB NVME; instead sda (S1) 3.84 TB HDD']);
  });

  it('a missing port, and with it its cable', () => {
    const { differences } = compare({
      inBand: { networkPorts: asOrdered.networkPorts?.slice(1), neighbours: asOrdered.neighbours?.slice(1) },
      profile: { networkPorts: [] },
    });
    expect(differences.map(({ kind, place, found }) => `${kind} ${place}: ${found}`)).toEqual([
      'network-port 02:00:00:00:00:01: no such port',
      'network-port ports: 1 port',
      'cable NIC 1: the server has no such port',
    ]);
  });

  it('all of them at once', () => {
    const { differences } = compare({
      inBand: { identity: {}, processors: [], memory: undefined, drives: [], networkPorts: [], neighbours: [] },
    });
    expect([...new Set(differences.map(({ kind }) => kind))]).toEqual([
      'identity',
      'processor',
      'measurement',
      'drive',
      'network-port',
      'model',
      'cable',
    ]);
  });

  it('a missing module once, though order and BMC both show it', () => {
    const { differences } = compare({
      inBand: { memory: modules(sixteen.slice(1), 2) },
      outOfBand: { memory: modules(sixteen) },
    });
    expect(differences.map(gist)).toEqual([expect.objectContaining({ kind: 'memory', place: 'A1' })]);
    expect(differences[0]?.evidence.map(({ source }) => source)).toEqual(['ship-notice', 'validation-image', 'bmc']);
  });
});

describe('parts that the ship notice names', () => {
  const named = (serials: readonly string[]) => ({
    manifest: { ...manifest, parts: serials.map((serial) => ({ kind: 'drive' as const, serial })) },
  });
  it('are where they should be', () =>
    expect(compare({ server: named(['s1', 'S2', 'S3', 'S4']) }).differences).toEqual([]));
  it('are missed when they were swapped', () => {
    expect(compare({ server: named(['S1', 'S2', 'S3', 'OTHER']) }).differences).toEqual([
      expect.objectContaining({
        kind: 'drive',
        severity: 'major',
        expected: 'OTHER',
        found: 'not in this machine; instead S4',
      }),
    ]);
  });
  it('are missed once where too few were found', () => {
    expect(
      compare({
        server: named(['S1', 'S2', 'S3', 'S4']),
        inBand: { drives: asOrdered.drives?.slice(1) },
      }).differences.map(({ place }) => place),
    ).toEqual(['bays']);
  });
  it('are not missed where nobody could have seen their numbers', () => {
    expect(
      compare({
        server: named(['S1', 'OTHER']),
        inBand: { drives: asOrdered.drives?.map(({ serial: _serial, ...drive }) => drive) },
      }).differences,
    ).toEqual([]);
  });
});

describe('memory', () => {
  it.each([
    ['512GB DDR5', 512],
    ['16x 32GB DDR5', 512],
    ['1.5TB DDR5', 1536],
    ['2 x 256 GB', 512],
    ['1TB', 1024],
  ])('of %s is %i GB', (ram, gigabytes) => {
    expect(
      compare({ inBand: { memory: { totalMiB: gigabytes * 1024, modules: [] } }, server: ordering({ ram }) })
        .differences,
    ).toEqual([]);
    expect(
      compare({ inBand: { memory: { totalMiB: gigabytes * 1024 * 0.9, modules: [] } }, server: ordering({ ram }) })
        .differences,
    ).toHaveLength(1);
  });
  it('in other modules than ordered is noted', () => {
    expect(compare({ server: ordering({ ram: '8x 64GB DDR5' }) }).differences.map(gist)).toEqual([
      expect.objectContaining({ kind: 'memory', severity: 'minor', place: 'modules' }),
    ]);
  });
  it('is missing as soon as one of its modules is, whatever their number', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 32 }), fc.constantFrom(8, 16, 32, 64, 128), (count, size) => {
        const server = ordering({ ram: `${count * size}GB` });
        expect(
          compare({ inBand: { memory: { totalMiB: count * size * 1024 * 0.98, modules: [] } }, server }).differences,
        ).toEqual([]);
        expect(
          compare({ inBand: { memory: { totalMiB: (count - 1) * size * 1024, modules: [] } }, server }).differences,
        ).toHaveLength(1);
      }),
    );
  });
});

describe('drives of several kinds', () => {
  const server = ordering({ storage: '2x 480GB SSD + 4x 3.84TB NVMe' });
  const boot = (name: string) => ({ name, sizeBytes: 480_103_981_056, media: 'ssd' as const });
  it('are all there', () =>
    expect(
      compare({ server, inBand: { drives: [boot('sda'), ...(asOrdered.drives ?? []), boot('sdb')] } }).differences,
    ).toEqual([]));
  it('are not replaced by one another', () =>
    expect(
      compare({ server, inBand: { drives: [boot('sda'), ...(asOrdered.drives ?? [])] } }).differences.map(
        ({ found }) => found,
      ),
    ).toEqual(['1 of 2 drives of 480 GB SSD']));
});
