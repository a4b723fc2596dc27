import type { Asset } from '../../../shared/domain/assets/assets.db.ts';
import type { BmcHealth } from '../../../shared/domain/health/bmc-health.db.ts';
import type { BmcLogEntry } from '../../../shared/domain/health/bmc-log.db.ts';
import type { SensorSummary } from '../../../shared/domain/health/bmc-reading.ts';
import { isoTime } from '../../../shared/kernel/clock.ts';
import { hours, minutes } from '../../../shared/kernel/durations.ts';

const sensor = (
  kind: SensorSummary['kind'],
  name: string,
  reading: number,
  unit: SensorSummary['unit'],
  health: SensorSummary['health'] = 'ok',
): SensorSummary => ({ kind, name, reading, unit, health });
const sensors = (stopped?: number): SensorSummary[] => [
  ...[1, 2, 3, 4, 5, 6].map((fan) =>
    sensor('fan', `Fan ${fan}`, fan === stopped ? 0 : 8760 + fan * 60, 'RPM', fan === stopped ? 'critical' : 'ok'),
  ),
  sensor('temperature', 'Inlet', 22.5, '°C'),
  sensor('temperature', 'CPU 1', 58, '°C'),
  sensor('temperature', 'CPU 2', stopped === undefined ? 57 : 81, '°C', stopped === undefined ? 'ok' : 'warning'),
  sensor('power', 'PSU 1', 172, 'W'),
  sensor('power', 'PSU 2', 168, 'W'),
  sensor('voltage', 'PSU 1 input', 230.4, 'V'),
  sensor('voltage', 'PSU 2 input', 229.8, 'V'),
];

/** A server that does well. */
export const wellAt = ({ id }: Asset, now: number): BmcHealth => ({
  serverId: id,
  at: isoTime(now - minutes(2)),
  lookedAt: isoTime(now - minutes(2)),
  health: 'ok',
  healthSince: isoTime(now - hours(300)),
  powerWatts: 340,
  inletCelsius: 22.5,
  sensorsAt: isoTime(now - minutes(12)),
  power: 'on',
  cpuPercent: 31,
  sensors: sensors(),
  unreachableSince: null,
  unreachable: null,
});

/** One whose fan has stopped; its log says so, and more than a page before that. */
export function failingFan(asset: Asset, now: number): { health: BmcHealth; log: BmcLogEntry[] } {
  const entry = (
    sequence: number,
    minutesAgo: number,
    of: Partial<BmcLogEntry> & Pick<BmcLogEntry, 'severity' | 'message'>,
  ): BmcLogEntry => ({
    sequence,
    readAt: isoTime(now - minutes(minutesAgo)),
    at: isoTime(now - minutes(minutesAgo)),
    code: null,
    action: null,
    gap: null,
    ...of,
  });
  return {
    health: { ...wellAt(asset, now), health: 'critical', healthSince: isoTime(now - minutes(9)), sensors: sensors(4) },
    log: [
      ...Array.from({ length: 30 }, (_, index) =>
        entry(1000 + index, 60 * (40 - index), {
          severity: 'ok',
          message: `The system inventory was collected (${index + 1}).`,
        }),
      ),
      entry(1030, 500, {
        severity: 'unknown',
        message: 'Entries are missing here: the log was cleared.',
        gap: 'cleared',
      }),
      entry(1031, 400, { at: null, severity: 'warning', message: 'The chassis was opened.', code: 'SEC0031' }),
      entry(1032, 9, {
        severity: 'critical',
        message: 'Fan 4 RPM is less than the lower critical threshold.',
        code: 'FAN0001',
        action: 'Remove and reinstall the fan. If the problem persists, contact support.',
      }),
    ],
  };
}

/** One that does not answer any more. */
export const silent = (asset: Asset, now: number): BmcHealth => ({
  ...wellAt(asset, now),
  at: isoTime(now - hours(5)),
  lookedAt: isoTime(now - minutes(14)),
  sensorsAt: isoTime(now - hours(5)),
  unreachableSince: isoTime(now - hours(5)),
  unreachable: 'redfish.transient: redfish did not do GET /redfish/v1/: no answer in time.',
});
