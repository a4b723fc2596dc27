import { z } from 'zod';
import { SagaDetail } from '../../shared/domain/sagas/sagas.api.ts';
import { findSaga, sagaFamily, stepsOf } from '../../shared/domain/sagas/sagas.db.ts';
import { httpFunction, notFound, ok } from '../../shared/http/http-function.ts';

export const readSaga = httpFunction({
  name: 'read-saga',
  route: 'GET /v1/sagas/{id}',
  summary: 'One saga with its parts and their steps.',
  params: z.object({ id: z.string().max(100) }),
  answer: SagaDetail,
  allow: ({ caller }) => caller.may('saga:read'),
  handle: async ({ params }, { db }) => {
    const saga = await findSaga(db, params.id);
    if (!saga) throw notFound('saga', params.id);
    const family = await sagaFamily(db, saga.rootId);
    return ok({
      ...saga,
      family,
      steps: await stepsOf(
        db,
        family.map(({ id }) => id),
      ),
    });
  },
});
