import { z } from 'zod';
import { Health, PowerState } from '../../facts/server.ts';
import { SensorReading, LogEntry, LogReading } from '../../facts/telemetry.ts';

/** The limits of a reading. What a controller says beyond them is left out, not refused. */
export const readingLimits = { sensors: 500, entries: 200, name: 200, words: 1000 } as const;
/** Text of limited length that PostgreSQL stores as it is: well-formed, without NUL. */
const BoundedText = (most: number) =>
  z
    .string()
    .max(most)
    .refine((text) => text.isWellFormed() && !text.includes('\0'), 'must be well-formed and without NUL');
const [BoundedName, BoundedWords] = [BoundedText(readingLimits.name), BoundedText(readingLimits.words)];

export const SensorSummary = SensorReading.pick({ kind: true, reading: true, unit: true, health: true }).extend({
  name: BoundedName,
});
export type SensorSummary = z.infer<typeof SensorSummary>;
/** New entries of a log, the oldest first. */
export const LogExcerpt = z.object({
  entries: z
    .array(
      LogEntry.extend({
        id: BoundedName,
        message: BoundedWords,
        code: BoundedName.optional(),
        action: BoundedWords.optional(),
      }),
    )
    .max(readingLimits.entries),
  gap: LogReading.shape.gap,
});
export type LogExcerpt = z.infer<typeof LogExcerpt>;

/** A sample of one management controller: its readings, or why it did not answer. A full one has sensors and log. */
export const BmcReading = z.union([
  z.object({ serverId: z.string().min(1), at: z.iso.datetime(), unreachable: z.string() }),
  z.object({
    serverId: z.string().min(1),
    at: z.iso.datetime(),
    health: Health,
    powerWatts: z.number().optional(),
    inletCelsius: z.number().optional(),
    sensors: z
      .object({
        power: PowerState,
        cpuPercent: z.number().optional(),
        readings: z.array(SensorSummary).max(readingLimits.sensors),
      })
      .optional(),
    log: LogExcerpt.optional(),
  }),
]);
export type BmcReading = z.infer<typeof BmcReading>;
/** Whether it holds log entries: they are reported once, while everything else is repeated by the next sample. */
export const isUnrepeatable = (reading: BmcReading): boolean =>
  'log' in reading && reading.log !== undefined && (reading.log.entries.length > 0 || reading.log.gap !== undefined);
