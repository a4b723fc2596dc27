import { z } from 'zod';
import { contract } from '../kernel/api/contract.ts';
import { numberCursor, page, PageQuery } from '../kernel/api/paging.ts';

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

export const deadLettersApi = {
  list: contract({
    name: 'list-dead-letters',
    route: 'GET /v1/dead-letters',
    summary: 'Events that could not be handled, with the reason.',
    audience: 'users',
    permission: 'dead-letter:read',
    query: PageQuery.extend({ after: numberCursor, state: z.enum(['open', 'replayed', 'discarded']).default('open') }),
    answer: page(DeadLetterView),
  }),
  replay: contract({
    name: 'replay-dead-letter',
    route: 'POST /v1/dead-letters/{id}/replay',
    summary: 'Hand an event that was put aside to its consumer again.',
    audience: 'users',
    permission: 'dead-letter:replay',
    subject: { noun: 'dead-letter', by: 'params.id' },
    params: z.object({ id: z.coerce.number<number | string>().int().positive() }),
    answer: DeadLetterView,
  }),
};
