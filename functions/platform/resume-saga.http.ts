import { sagasApi } from '../../shared/domain/sagas/sagas.api.ts';
import { findSaga } from '../../shared/domain/sagas/sagas.db.ts';
import { httpFunction } from '../../shared/http/http-function.ts';
import { tellSaga } from './tell-saga.ts';

export const resumeSaga = httpFunction(sagasApi.resume, {
  find: findSaga,
  handle: (input, deps) => tellSaga('skip', input, deps),
});
