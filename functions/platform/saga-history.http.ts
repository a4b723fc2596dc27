import { z } from 'zod';
import { TimelineEntry } from '../../shared/domain/orders/orders.api.ts';
import { findSaga, timelineOf } from '../../shared/domain/sagas/sagas.db.ts';
import { httpFunction, notFound, ok } from '../../shared/http/http-function.ts';
import { page } from '../../shared/http/paging.ts';

export const sagaHistory = httpFunction({
  name: 'saga-history',
  route: 'GET /v1/sagas/{id}/history',
  summary: "A saga's timeline, its parts' included.",
  params: z.object({ id: z.string().max(100) }),
  answer: page(TimelineEntry),
  allow: ({ caller }) => caller.may('saga:read'),
  handle: async ({ params }, { db }) => {
    const saga = await findSaga(db, params.id);
    if (!saga) throw notFound('saga', params.id);
    const isRoot = saga.id === saga.rootId;
    return ok({
      items: await timelineOf(db, { ...(isRoot ? { rootId: saga.id } : { sagaId: saga.id }), limit: 5000 }),
      next: null,
    });
  },
});
