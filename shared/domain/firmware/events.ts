import { z } from 'zod';
import { eventType } from '../../events/event-type.ts';

export const firmwareUpdateStarted = eventType(
  'firmware.update_started',
  z.object({ serverId: z.string(), component: z.string(), from: z.string(), to: z.string() }),
  { staff: 'asset:read' },
);
export const firmwareUpdateCompleted = eventType(
  'firmware.update_completed',
  z.object({ serverId: z.string(), component: z.string(), version: z.string() }),
  { staff: 'asset:read' },
);
export const firmwareUpdateFailed = eventType(
  'firmware.update_failed',
  z.object({ serverId: z.string(), component: z.string(), reason: z.string() }),
  { staff: 'asset:read' },
);

export const firmwareEvents = [firmwareUpdateStarted, firmwareUpdateCompleted, firmwareUpdateFailed] as const;
