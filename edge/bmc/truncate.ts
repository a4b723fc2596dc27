import { readingLimits, type LogExcerpt, type SensorSummary } from '../../shared/domain/health/bmc-reading.ts';
import { known } from '../../shared/facts/said.ts';
import type { LogReading, SensorReading } from '../../shared/facts/telemetry.ts';

/** Text of a controller, truncated to what the platform accepts and PostgreSQL can store. */
export const truncate = (text: string, most: number): string => text.replaceAll('\0', '').slice(0, most).toWellFormed();

/** Without the thresholds: nothing reads them, and they are half of the size. */
export const sensorSummaries = (readings: readonly SensorReading[]): SensorSummary[] =>
  readings
    .slice(0, readingLimits.sensors)
    .map(({ kind, name, reading, unit, health }) =>
      known<SensorSummary>({ kind, name: truncate(name, readingLimits.name), reading, unit, health }),
    );

export const logExcerpt = ({ entries, gap }: LogReading): LogExcerpt =>
  known<LogExcerpt>({
    entries: entries.slice(-readingLimits.entries).map(({ id, at, severity, message, code, action }) =>
      known({
        id: truncate(id, readingLimits.name),
        at,
        severity,
        message: truncate(message, readingLimits.words),
        code: code && truncate(code, readingLimits.name),
        action: action && truncate(action, readingLimits.words),
      }),
    ),
    gap: entries.length > readingLimits.entries ? 'too-many' : gap,
  });
