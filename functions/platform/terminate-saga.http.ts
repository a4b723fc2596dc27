import { sagasApi } from '../../shared/domain/sagas/sagas.api.ts';
import { findSaga } from '../../shared/domain/sagas/sagas.db.ts';
import { httpFunction } from '../../shared/http/http-function.ts';
import { tellSaga } from './tell-saga.ts';

export const terminateSaga = httpFunction(sagasApi.terminate, async ({ caller, params: { id }, body }, deps) => {
  const saga = await findSaga(deps.db, id);
  return tellSaga(id, saga?.state === 'stuck' ? 'give-up' : 'cancel', caller.name, body.reason, deps);
});
