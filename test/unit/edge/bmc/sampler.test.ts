import { describe, expect, it } from '@jest/globals';
import { Sampler } from '../../../../edge/bmc/sampler.ts';
import { BmcReading } from '../../../../shared/domain/health/bmc-reading.ts';
import type { LogReading, SensorReading } from '../../../../shared/facts/telemetry.ts';
import { SecretRef } from '../../../../shared/ports/secrets.ts';
import { LinkTime } from '../platform/link.ts';

const target = {
  serverId: 'srv-1',
  datacenterId: 'dc-nyc-01',
  address: 'https://10.20.0.7',
  secretRef: SecretRef.parse('bmc/srv-1/service'),
};
const sampleNow = ({ readings = [], log = { entries: [] } }: { readings?: SensorReading[]; log?: LogReading }) =>
  new Sampler({
    time: new LinkTime(),
    cursorOf: async () => 'here',
    bmc: {
      readHealth: async () => ({ health: 'ok' }),
      readSensors: async () => ({ power: 'on', health: 'ok', powerWatts: 310, readings, unread: 0 }),
      readLog: async () => log,
    },
  }).sample(target, { isFull: true, health: undefined });

describe('what a look tells', () => {
  it('is every sensor without its thresholds, and what was logged', async () => {
    const entry = {
      id: '7',
      at: '2026-11-02T08:00:00.000Z',
      severity: 'critical',
      message: 'Fan 4 stopped.',
      code: 'FAN0001',
      action: 'Replace the fan.',
    } as const;
    const { reading } = await sampleNow({
      readings: [
        { kind: 'fan', name: 'Fan 4', reading: 0, unit: 'RPM', health: 'critical', thresholds: { lowerCritical: 480 } },
      ],
      log: { entries: [entry], cursor: 'there', gap: 'cleared' },
    });
    expect(reading).toEqual({
      serverId: 'srv-1',
      at: expect.any(String),
      health: 'ok',
      powerWatts: 310,
      sensors: { power: 'on', readings: [{ kind: 'fan', name: 'Fan 4', reading: 0, unit: 'RPM', health: 'critical' }] },
      log: { entries: [entry], gap: 'cleared' },
    });
  });

  it('fits into what the platform takes, whatever the controller says', async () => {
    const sensor = { kind: 'fan', name: `Fan\0 ${'x'.repeat(5000)}`, reading: 1, unit: 'RPM' } as const;
    const entry = {
      id: '1'.repeat(3000),
      severity: 'critical',
      message: `\ud83d${'y'.repeat(2_000_000)}`,
      code: '\0',
      action: `${'z'.repeat(999)}\ud83d\ude00`,
    } as const;
    const { reading } = await sampleNow({
      readings: Array.from({ length: 3000 }, () => sensor),
      log: { entries: Array.from({ length: 900 }, (_, index) => ({ ...entry, id: String(index) })) },
    });
    expect(BmcReading.parse(reading)).toEqual(reading);
    expect(reading).toMatchObject({ log: { gap: 'too-many' } });
    expect('log' in reading && reading.log?.entries.at(-1)?.id).toBe('899'); // the newest entries
  });
});
