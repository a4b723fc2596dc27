import { sagasApi } from '../../shared/domain/sagas/sagas.api.ts';
import { findSaga, sagaFamily, stepsOf } from '../../shared/domain/sagas/sagas.db.ts';
import { httpFunction } from '../../shared/http/http-function.ts';
import { ok } from '../../shared/http/reply.ts';

export const readSaga = httpFunction(sagasApi.read, {
  find: findSaga,
  handle: async ({ subject: saga }, { db }) => {
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
