import { z } from 'zod';
import { OperateSaga, SagaView } from '../../shared/domain/sagas/sagas.api.ts';
import { httpFunction } from '../../shared/http/http-function.ts';
import { tellSaga } from './tell-saga.ts';

export const resumeSaga = httpFunction({
  name: 'resume-saga',
  route: 'POST /v1/sagas/{id}/resume',
  summary: 'Have a stuck saga go on without the step it is stuck at; the reason is the evidence.',
  params: z.object({ id: z.string().max(100) }),
  body: OperateSaga,
  answer: SagaView,
  allow: ({ caller }) => caller.may('saga:operate'),
  handle: ({ caller, params: { id }, body }, deps) => tellSaga(id, 'skip', caller.name, body.reason, deps),
});
