import { sagasApi } from '../../shared/domain/sagas/sagas.api.ts';
import { httpFunction } from '../../shared/http/http-function.ts';
import { tellSaga } from './tell-saga.ts';

export const retrySaga = httpFunction(sagasApi.retry, ({ caller, params: { id }, body }, deps) =>
  tellSaga(id, 'retry', caller.name, body.reason, deps),
);
