import { z } from 'zod';
import { eventType } from '../../events/event-type.ts';

/** Findings were opened, resolved or waived. `major`: those that keep the server from going on. */
export const findingsChanged = eventType(
  'assets.findings_changed',
  z.object({
    serverId: z.string(),
    open: z.number().int(),
    major: z.number().int(),
    waived: z.number().int(),
  }),
  { staff: 'asset:read' },
);
export const findingWaived = eventType(
  'assets.finding_waived',
  z.object({
    serverId: z.string(),
    findingId: z.string(),
    kind: z.string(),
    place: z.string(),
    by: z.string(),
    reason: z.string(),
  }),
  { staff: 'asset:read' },
);

export const validationEvents = [findingsChanged, findingWaived] as const;
