import { z } from 'zod';
import { eventType } from '../../events/event-type.ts';

export const sagaStuck = eventType(
  'sagas.stuck',
  z.object({
    sagaId: z.string(),
    name: z.string(),
    step: z.string(),
    reason: z.string(),
    held: z.array(z.string()),
  }),
  { staff: 'saga:read' },
);
/** What a person decided about a stuck saga. */
export const sagaDecided = eventType(
  'sagas.decided',
  z.object({
    sagaId: z.string(),
    verb: z.enum(['retry', 'skip', 'give-up']),
    by: z.string(),
    reason: z.string(),
  }),
  { staff: 'saga:read' },
);
export const cancelRequested = eventType(
  'sagas.cancel_requested',
  z.object({ sagaId: z.string(), by: z.string(), reason: z.string() }),
  { staff: 'saga:read' },
);
export const sagaEnded = eventType(
  'sagas.ended',
  z.object({
    sagaId: z.string(),
    name: z.string(),
    state: z.enum(['done', 'failed', 'cancelled']),
    reason: z.string().nullable(),
  }),
  { staff: 'saga:read' },
);

export const sagaEvents = [sagaStuck, sagaDecided, cancelRequested, sagaEnded] as const;
