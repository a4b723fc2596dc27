import { deadLettersApi } from '../../shared/events/dead-letters.api.ts';
import { listDeadLetters as readDeadLetters } from '../../shared/events/dead-letters.db.ts';
import { httpFunction } from '../../shared/http/http-function.ts';
import { ok } from '../../shared/http/reply.ts';
import { cut } from '../../shared/kernel/api/paging.ts';

export const listDeadLetters = httpFunction(deadLettersApi.list, async ({ query }, { db }) =>
  ok(cut(await readDeadLetters(db, { ...query, limit: query.limit + 1 }), query.limit, ({ id }) => String(id))),
);
