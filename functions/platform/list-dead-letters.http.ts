import { z } from 'zod';
import { DeadLetterView } from '../../shared/events/dead-letters.api.ts';
import { listDeadLetters as readDeadLetters } from '../../shared/events/dead-letters.ts';
import { httpFunction, ok } from '../../shared/http/http-function.ts';
import { cut, numberCursor, page, PageQuery } from '../../shared/http/paging.ts';

export const listDeadLetters = httpFunction({
  name: 'list-dead-letters',
  route: 'GET /v1/dead-letters',
  summary: 'Events that could not be handled, with the reason.',
  query: PageQuery.extend({ after: numberCursor, state: z.enum(['open', 'replayed', 'discarded']).default('open') }),
  answer: page(DeadLetterView),
  allow: ({ caller }) => caller.may('dead-letter:read'),
  handle: async ({ query }, { db }) =>
    ok(cut(await readDeadLetters(db, { ...query, limit: query.limit + 1 }), query.limit, ({ id }) => String(id))),
});
