import { z } from 'zod';
import { OperateSaga, SagaView } from '../../shared/domain/sagas/sagas.api.ts';
import { findSaga } from '../../shared/domain/sagas/sagas.db.ts';
import { httpFunction } from '../../shared/http/http-function.ts';
import { tellSaga } from './tell-saga.ts';

export const terminateSaga = httpFunction({
  name: 'terminate-saga',
  route: 'POST /v1/sagas/{id}/terminate',
  summary: 'End a saga: a stuck one gives up where it is, any other is taken back.',
  params: z.object({ id: z.string().max(100) }),
  body: OperateSaga,
  answer: SagaView,
  allow: ({ caller }) => caller.may('saga:operate'),
  handle: async ({ caller, params: { id }, body }, deps) => {
    const saga = await findSaga(deps.db, id);
    return tellSaga(id, saga?.state === 'stuck' ? 'give-up' : 'cancel', caller.name, body.reason, deps);
  },
});
