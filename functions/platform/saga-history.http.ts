import { sagasApi } from '../../shared/domain/sagas/sagas.api.ts';
import { findSaga, timelineOf } from '../../shared/domain/sagas/sagas.db.ts';
import { httpFunction } from '../../shared/http/http-function.ts';
import { ok } from '../../shared/http/reply.ts';

export const sagaHistory = httpFunction(sagasApi.history, {
  find: findSaga,
  handle: async ({ subject: saga }, { db }) => {
    const isRoot = saga.id === saga.rootId;
    return ok({
      items: await timelineOf(db, { ...(isRoot ? { rootId: saga.id } : { sagaId: saga.id }), limit: 5000 }),
      next: null,
    });
  },
});
