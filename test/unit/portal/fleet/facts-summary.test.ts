import { describe, expect, it } from '@jest/globals';
import { factRows } from '../../../../portal/src/fleet/parts/facts-summary.ts';

const config = { cpu: '2x Intel Xeon Gold 6530', ram: '512GB DDR5', storage: '4x 3.84TB NVMe', network: '2x 100GbE' };
const row = (rows: ReturnType<typeof factRows>, what: string) => rows.find((each) => each.what === what);

describe('ordered, told and measured', () => {
  it('says what a source does not know with a dash', () => {
    const rows = factRows({ config, serial: null, facts: null, measured: null });
    expect(row(rows, 'Memory')).toEqual({ what: 'Memory', ordered: '512GB DDR5', controller: '–', measured: '–' });
  });

  it('puts what is alike together, in the words of the order', () => {
    const drive = { sizeBytes: 3_840_000_000_000, media: 'nvme' as const };
    const facts = {
      source: 'redfish' as const,
      identity: { serial: 'ABC' },
      drives: [1, 2, 3, 4].map((n) => ({ name: `Bay ${n}`, ...drive })),
      networkPorts: [
        { name: 'NIC 1', speedMbps: 100_000 },
        { name: 'NIC 2', speedMbps: 100_000, isLinkUp: false },
      ],
    };
    const rows = factRows({ config, serial: 'ABC', facts, measured: null });
    expect(row(rows, 'Drives')?.controller).toBe('4x 3.84TB NVMe');
    expect(row(rows, 'Network')?.controller).toBe('1x 100GbE, 1x 100GbE (no link)');
  });
});
