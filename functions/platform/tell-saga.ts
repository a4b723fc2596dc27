import type { Caller } from '../../shared/access/caller.ts';
import type { OperateSaga, SagaEventBody, SagaView } from '../../shared/domain/sagas/sagas.api.ts';
import { findSaga, type SagaRow } from '../../shared/domain/sagas/sagas.db.ts';
import type { HttpDeps } from '../../shared/http/http-function.ts';
import { accepted, type Reply } from '../../shared/http/reply.ts';

/** What ops may tell a saga. Each act says who and why, and is in the audit log and the saga's timeline. */
export async function tellSaga(
  verb: SagaEventBody['event'],
  { subject: saga, caller, body: { reason } }: { subject: SagaRow; caller: Caller; body: OperateSaga },
  { db, sagas }: HttpDeps,
): Promise<Reply<SagaView>> {
  const by = caller.name;
  if (verb === 'wake') await sagas.wake(saga.id);
  else if (verb === 'cancel') await sagas.cancel(saga.id, { by, reason });
  else await sagas.decide(saga.id, { verb, by, reason });
  return accepted((await findSaga(db, saga.id)) ?? saga, `/api/v1/sagas/${encodeURIComponent(saga.id)}`);
}
