import { sagasApi } from '../../shared/domain/sagas/sagas.api.ts';
import { findSaga, timelineOf } from '../../shared/domain/sagas/sagas.db.ts';
import { httpFunction } from '../../shared/http/http-function.ts';
import { notFound, ok } from '../../shared/http/reply.ts';

export const sagaHistory = httpFunction(sagasApi.history, async ({ params }, { db }) => {
  const saga = await findSaga(db, params.id);
  if (!saga) throw notFound('saga', params.id);
  const isRoot = saga.id === saga.rootId;
  return ok({
    items: await timelineOf(db, { ...(isRoot ? { rootId: saga.id } : { sagaId: saga.id }), limit: 5000 }),
    next: null,
  });
});
