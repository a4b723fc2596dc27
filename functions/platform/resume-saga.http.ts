import { sagasApi } from '../../shared/domain/sagas/sagas.api.ts';
import { httpFunction } from '../../shared/http/http-function.ts';
import { tellSaga } from './tell-saga.ts';

export const resumeSaga = httpFunction(sagasApi.resume, ({ caller, params: { id }, body }, deps) =>
  tellSaga(id, 'skip', caller.name, body.reason, deps),
);
