import { readingLimits, type ToldLog, type ToldSensor } from '../../shared/domain/edge/edge.api.ts';
import { known } from '../../shared/facts/said.ts';
import type { LogReading, SensorReading } from '../../shared/facts/telemetry.ts';

/** What a controller says in its own words, cut to what the platform takes and a database can hold. */
export const cut = (text: string, most: number): string => text.replaceAll('\0', '').slice(0, most).toWellFormed();

/** Without the thresholds: nobody asks for them, and they are half of the weight. */
export const toldSensors = (readings: readonly SensorReading[]): ToldSensor[] =>
  readings
    .slice(0, readingLimits.sensors)
    .map(({ kind, name, reading, unit, health }) =>
      known<ToldSensor>({ kind, name: cut(name, readingLimits.name), reading, unit, health }),
    );

export const toldLog = ({ entries, gap }: LogReading): ToldLog =>
  known<ToldLog>({
    entries: entries.slice(-readingLimits.entries).map(({ id, at, severity, message, code, action }) =>
      known({
        id: cut(id, readingLimits.name),
        at,
        severity,
        message: cut(message, readingLimits.words),
        code: code && cut(code, readingLimits.name),
        action: action && cut(action, readingLimits.words),
      }),
    ),
    gap: entries.length > readingLimits.entries ? 'too-many' : gap,
  });
