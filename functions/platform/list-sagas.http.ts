import { z } from 'zod';
import { SagaView } from '../../shared/domain/sagas/sagas.api.ts';
import { listSagas as readSagas, SagaState } from '../../shared/domain/sagas/sagas.db.ts';
import { httpFunction, ok } from '../../shared/http/http-function.ts';
import { cut, page, PageQuery, readTimeCursor, timeCursor } from '../../shared/http/paging.ts';

export const listSagas = httpFunction({
  name: 'list-sagas',
  route: 'GET /v1/sagas',
  summary: 'Sagas, newest first.',
  query: PageQuery.extend({
    state: SagaState.optional(),
    name: z.string().optional(),
    serverId: z.string().optional(),
    roots: z.enum(['true', 'false']).optional(),
  }),
  answer: page(SagaView),
  allow: ({ caller }) => caller.may('saga:read'),
  handle: async ({ query }, { db }) => {
    const after = readTimeCursor(query.after);
    const sagas = await readSagas(db, {
      states: query.state && [query.state],
      name: query.name,
      serverId: query.serverId,
      onlyRoots: query.roots === 'true',
      after: after && { startedAt: after.at, id: after.id },
      limit: query.limit + 1,
    });
    return ok(cut(sagas, query.limit, ({ startedAt, id }) => timeCursor(startedAt, id)));
  },
});
