import { sagasApi } from '../../shared/domain/sagas/sagas.api.ts';
import { httpFunction } from '../../shared/http/http-function.ts';
import { tellSaga } from './tell-saga.ts';

export const sagaEvents = httpFunction(sagasApi.events, ({ caller, params: { id }, body }, deps) =>
  tellSaga(id, body.event, caller.name, body.reason, deps),
);
