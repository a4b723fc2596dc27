import { sagasApi } from '../../shared/domain/sagas/sagas.api.ts';
import { listSagas as readSagas } from '../../shared/domain/sagas/sagas.db.ts';
import { httpFunction } from '../../shared/http/http-function.ts';
import { ok } from '../../shared/http/reply.ts';
import { cut, readTimeCursor, timeCursor } from '../../shared/kernel/api/paging.ts';

export const listSagas = httpFunction(sagasApi.list, async ({ query }, { db }) => {
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
});
