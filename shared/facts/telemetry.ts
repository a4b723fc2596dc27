import { z } from 'zod';
import { Health, PowerState } from './server.ts';

/** What a running machine's sensors and log say, in our words. What is not known is left out; it is never 0. */
export const SensorKind = z.enum(['power', 'temperature', 'fan', 'voltage']);
export type SensorKind = z.infer<typeof SensorKind>;
/** Where the BMC itself begins to complain. */
export const Thresholds = z
  .object({
    lowerFatal: z.number(),
    lowerCritical: z.number(),
    lowerWarning: z.number(),
    upperWarning: z.number(),
    upperCritical: z.number(),
    upperFatal: z.number(),
  })
  .partial();
export const SensorReading = z.object({
  /** `power`: one power supply, what it draws; what it delivers where only that is told. */
  kind: SensorKind,
  /** As the BMC calls it; unique within its kind. */
  name: z.string(),
  /** Missing where the sensor gives none and only its health is known. */
  reading: z.number().optional(),
  unit: z.enum(['W', '°C', 'RPM', '%', 'V']),
  health: Health.optional(),
  thresholds: Thresholds.optional(),
});
export type SensorReading = z.infer<typeof SensorReading>;

export const Sensors = z.object({
  power: PowerState,
  health: Health,
  /** What the whole machine draws. */
  powerWatts: z.number().optional(),
  inletCelsius: z.number().optional(),
  /** How busy the host's processors are; few BMCs know. */
  cpuPercent: z.number().optional(),
  readings: z.array(SensorReading),
  /** Sensors whose answer could not be understood. */
  unread: z.number().int(),
});
export type Sensors = z.infer<typeof Sensors>;

export const LogEntry = z.object({
  /** The BMC's number for it: unique until the log is cleared. */
  id: z.string(),
  /** By the BMC's own clock; missing where it does not know the time. */
  at: z.iso.datetime().optional(),
  severity: Health,
  message: z.string(),
  /** The vendor's number for what happened: `PSU0003`, `17.10`, `FQXSPNM4000I`. */
  code: z.string().optional(),
  /** What the vendor advises to do about it. */
  action: z.string().optional(),
});
export type LogEntry = z.infer<typeof LogEntry>;

export const LogReading = z.object({
  /** The oldest first. */
  entries: z.array(LogEntry),
  /** To be given with the next reading. Missing where there is no log. */
  cursor: z.string().optional(),
  /**
   * Entries are missing between the last reading and these: the log was cleared, it has gone round and written
   * over them, or there were more than are read at once.
   */
  gap: z.enum(['cleared', 'overwritten', 'too-many']).optional(),
});
export type LogReading = z.infer<typeof LogReading>;
