import { z } from 'zod';

export const DeadLetterView = z.object({
  id: z.number(),
  consumer: z.string(),
  topic: z.string(),
  eventId: z.string(),
  event: z.record(z.string(), z.unknown()),
  cause: z.string(),
  attempts: z.number(),
  state: z.string(),
  createdAt: z.string(),
});
