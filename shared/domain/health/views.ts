import type { BmcHealth } from './bmc-health.db.ts';
import type { BmcLogEntry } from './bmc-log.db.ts';
import type { HealthView, BmcLogLine } from './health.api.ts';

/** In the order in which one wants to know of them. */
const gravest = ['critical', 'warning', 'unknown', 'ok'];
export const healthView = (health: BmcHealth): HealthView => ({
  ...health,
  sensors: health.sensors.toSorted(
    (one, other) => gravest.indexOf(one.health ?? 'ok') - gravest.indexOf(other.health ?? 'ok'),
  ),
});
export const logLine = ({ sequence, ...entry }: BmcLogEntry): BmcLogLine => ({ ...entry, id: String(sequence) });
