import { describe, expect, it } from '@jest/globals';
import { reconcile } from '../../../../../shared/domain/validation/reconcile.ts';
import type { ServerFacts } from '../../../../../shared/facts/server.ts';

const own = (facts: Partial<ServerFacts>): ServerFacts => ({ source: 'validation-image', identity: {}, ...facts });
const bmc = (facts: Partial<ServerFacts>): ServerFacts => ({ source: 'redfish', identity: {}, ...facts });
const dimm = (slot: string, serial: string) => ({ slot, serial, sizeMiB: 32768 });
const memory = (...modules: ReturnType<typeof dimm>[]) => ({ totalMiB: modules.length * 32768, modules });

describe('what the machine measured and what its BMC tells', () => {
  it('differ in nothing when one of them does not know', () => {
    const facts = own({
      identity: { serial: 'A' },
      memory: memory(dimm('A1', 'M1')),
      drives: [{ name: 'sda', serial: 'S1' }],
    });
    expect(reconcile(facts, bmc({}))).toEqual({ facts, differences: [] });
    expect(reconcile(own({}), bmc({ ...facts })).differences).toEqual([]);
  });

  it('become one: what runs as it was measured, what only the BMC sees from it', () => {
    const { facts, differences } = reconcile(
      own({
        identity: { serial: 'A' },
        networkPorts: [{ name: 'eno1', mac: 'aa:aa:aa:aa:aa:01', speedMbps: 25000, isLinkUp: true }],
        drives: [{ name: 'nvme0n1', serial: 's1', sizeBytes: 1 }],
        neighbours: [{ localPort: 'eno1', systemName: 'leaf-1' }],
        firmware: [
          { component: 'bios', name: 'BIOS', version: 'U54 v2.16' },
          { component: 'nic', name: 'eno1 (ice)', version: '4.4' },
        ],
      }),
      bmc({
        identity: { serial: 'a', assetTag: 'T' },
        power: 'on',
        health: 'warning',
        networkPorts: [{ name: 'NIC.1', mac: 'aa:aa:aa:aa:aa:01', isLinkUp: false }],
        drives: [{ name: 'Bay 1', serial: 'S1', health: 'warning' }],
        firmware: [
          { component: 'bios', name: 'System ROM', version: '2.16' },
          { component: 'bmc', name: 'iLO 6', version: '1.66' },
        ],
      }),
    );
    expect(differences).toEqual([]);
    expect(facts).toEqual({
      source: 'validation-image',
      identity: { serial: 'A', assetTag: 'T' },
      power: 'on',
      health: 'warning',
      networkPorts: [{ name: 'eno1', mac: 'aa:aa:aa:aa:aa:01', speedMbps: 25000, isLinkUp: true }],
      drives: [{ name: 'nvme0n1', serial: 's1', sizeBytes: 1, health: 'warning' }],
      firmware: [
        { component: 'bios', name: 'System ROM', version: '2.16' },
        { component: 'bmc', name: 'iLO 6', version: '1.66' },
        { component: 'nic', name: 'eno1 (ice)', version: '4.4' },
      ],
      neighbours: [{ localPort: 'eno1', systemName: 'leaf-1' }],
    });
  });

  it.each<[string, Partial<ServerFacts>, Partial<ServerFacts>, object]>([
    [
      'a swapped board',
      { identity: { serial: 'A' } },
      { identity: { serial: 'B' } },
      { kind: 'identity', severity: 'major', place: 'serial', inBand: 'A', outOfBand: 'B', taken: 'in-band' },
    ],
    [
      'another UUID',
      { identity: { uuid: '4c4c4544-0042-4310-8031-b4c04f4a4432' } },
      { identity: { uuid: '4c4c4544-0042-4310-8031-b4c04f4a4433' } },
      { kind: 'identity', severity: 'minor', place: 'uuid' },
    ],
    [
      'a processor that does not start',
      { processors: [{ socket: 'CPU1' }] },
      { processors: [{ socket: 'CPU1' }, { socket: 'CPU2' }] },
      { kind: 'processor', severity: 'major', inBand: '1 processors', outOfBand: '2 processors' },
    ],
    [
      'cores switched off',
      { processors: [{ socket: 'CPU1', cores: 16 }] },
      { processors: [{ socket: 'CPU1', cores: 32 }] },
      { kind: 'processor', severity: 'minor', place: 'cores' },
    ],
    [
      'a module left out after its training failed',
      { memory: memory(dimm('A1', 'M1')) },
      { memory: memory(dimm('A1', 'M1'), dimm('B1', 'M2')) },
      {
        kind: 'memory',
        severity: 'major',
        place: 'B1 (M2)',
        inBand: '32768 MiB in 1 modules',
        outOfBand: '65536 MiB in 2 modules, alone B1 (M2)',
      },
    ],
    [
      'a module changed behind the BMC',
      { memory: memory(dimm('A1', 'M3')) },
      { memory: memory(dimm('A1', 'M1')) },
      { kind: 'memory', severity: 'minor', place: 'A1 (M1)' },
    ],
    [
      'a drive behind a RAID controller',
      { drives: [{ name: 'sda', serial: 'V1' }] },
      {
        drives: [
          { name: 'Bay 1', serial: 'S1' },
          { name: 'x', serial: 'V1' },
        ],
      },
      { kind: 'drive', severity: 'minor', place: 'Bay 1 (S1)', inBand: 'not seen' },
    ],
    [
      'a drive the BMC does not list',
      {
        drives: [
          { name: 'nvme0n1', serial: 'N1' },
          { name: 'sda', serial: 'S1' },
        ],
      },
      { drives: [{ name: 'Bay 1', serial: 'S1' }] },
      { kind: 'drive', severity: 'info', place: 'nvme0n1 (N1)', outOfBand: 'not listed' },
    ],
    [
      'a drive only one calls ill',
      { drives: [{ name: 'sda', serial: 'S1', health: 'ok' }] },
      { drives: [{ name: 'Bay 1', serial: 'S1', health: 'critical' }] },
      { kind: 'drive', severity: 'minor', inBand: 'health ok', outOfBand: 'health critical' },
    ],
    [
      'a port without a driver',
      { networkPorts: [] },
      { networkPorts: [{ name: 'NIC.1', mac: 'aa:aa:aa:aa:aa:01' }] },
      { kind: 'network-port', severity: 'minor', place: 'NIC.1 (aa:aa:aa:aa:aa:01)' },
    ],
    [
      'a BIOS that waits for a restart',
      { firmware: [{ component: 'bios', name: 'BIOS', version: '1.8.2' }] },
      { firmware: [{ component: 'bios', name: 'BIOS', version: '1.9.0' }] },
      { kind: 'firmware', severity: 'minor', taken: 'out-of-band' },
    ],
  ])('differ by %s', (_what, inBand, outOfBand, difference) => {
    const { differences } = reconcile(own(inBand), bmc(outOfBand));
    expect(differences).toEqual([expect.objectContaining(difference)]);
    expect(differences[0]?.hint).toBeTruthy();
  });

  it('have the same UUID though one reverses the bytes of its first groups', () => {
    expect(
      reconcile(
        own({ identity: { uuid: '44454c4c-4200-1043-8031-b4c04f4a4432' } }),
        bmc({ identity: { uuid: '4c4c4544-0042-4310-8031-b4c04f4a4432' } }),
      ).differences,
    ).toEqual([]);
  });

  it('keep a drive that only the BMC sees among the facts, and believe the worse health', () => {
    const { facts } = reconcile(
      own({ drives: [{ name: 'sda', serial: 'S1', health: 'ok' }] }),
      bmc({
        drives: [
          { name: 'Bay 1', serial: 'S1', health: 'critical' },
          { name: 'Bay 2', serial: 'S2' },
          { name: 'no serial' },
        ],
      }),
    );
    expect(facts.drives).toEqual([
      { name: 'sda', serial: 'S1', health: 'critical' },
      { name: 'Bay 2', serial: 'S2' },
    ]);
  });
});
