import { z } from 'zod';
import { OperateSaga, SagaView } from '../../shared/domain/sagas/sagas.api.ts';
import { httpFunction } from '../../shared/http/http-function.ts';
import { tellSaga } from './tell-saga.ts';

export const retrySaga = httpFunction({
  name: 'retry-saga',
  route: 'POST /v1/sagas/{id}/retry',
  summary: 'Have a stuck saga try the same step again.',
  params: z.object({ id: z.string().max(100) }),
  body: OperateSaga,
  answer: SagaView,
  allow: ({ caller }) => caller.may('saga:operate'),
  handle: ({ caller, params: { id }, body }, deps) => tellSaga(id, 'retry', caller.name, body.reason, deps),
});
