import { z } from 'zod';
import { Health, PowerState } from '../../facts/server.ts';
import { SensorReading } from '../../facts/telemetry.ts';

/** How a server does, as its management controller says. */
export const HealthView = z.object({
  /** Null while it has never answered. */
  health: Health.nullable(),
  healthSince: z.string().nullable(),
  /** When it answered last, and what it said then. */
  at: z.string().nullable(),
  powerWatts: z.number().nullable(),
  inletCelsius: z.number().nullable(),
  /** When all its sensors were read last: that is done more rarely. Those that are not well come first. */
  sensorsAt: z.string().nullable(),
  power: PowerState.nullable(),
  cpuPercent: z.number().nullable(),
  sensors: z.array(SensorReading.omit({ thresholds: true })),
  /** Set while it does not answer. */
  unreachableSince: z.string().nullable(),
  unreachable: z.string().nullable(),
  lookedAt: z.string(),
});
export type HealthView = z.infer<typeof HealthView>;
/** A line of the management controller's own log. */
export const BmcLogLine = z.object({
  id: z.string(),
  readAt: z.string(),
  /** By the controller's own clock; null where it does not know the time. */
  at: z.string().nullable(),
  severity: Health,
  message: z.string(),
  code: z.string().nullable(),
  /** What the vendor advises. */
  action: z.string().nullable(),
  /** Set where it says that entries are missing, and why. */
  gap: z.enum(['cleared', 'overwritten', 'too-many']).nullable(),
});
export type BmcLogLine = z.infer<typeof BmcLogLine>;
