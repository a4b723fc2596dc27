import { z } from 'zod';
import { SagaEventBody, SagaView } from '../../shared/domain/sagas/sagas.api.ts';
import { httpFunction } from '../../shared/http/http-function.ts';
import { tellSaga } from './tell-saga.ts';

export const sagaEvents = httpFunction({
  name: 'saga-events',
  route: 'POST /v1/sagas/{id}/events',
  summary: 'Tell a saga something: retry, skip, give-up, wake or cancel.',
  params: z.object({ id: z.string().max(100) }),
  body: SagaEventBody,
  answer: SagaView,
  allow: ({ caller }) => caller.may('saga:operate'),
  handle: ({ caller, params: { id }, body }, deps) => tellSaga(id, body.event, caller.name, body.reason, deps),
});
