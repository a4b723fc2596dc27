import type { z } from 'zod';
import type { SagaEventBody, SagaView } from '../../shared/domain/sagas/sagas.api.ts';
import { findSaga } from '../../shared/domain/sagas/sagas.db.ts';
import type { HttpDeps } from '../../shared/http/http-function.ts';
import { accepted, notFound, type Reply } from '../../shared/http/reply.ts';

/** What ops may tell a saga. Each act says who and why, and is in the audit log and the saga's timeline. */
export async function tellSaga(
  id: string,
  verb: z.infer<typeof SagaEventBody>['event'],
  by: string,
  reason: string,
  { db, sagas }: HttpDeps,
): Promise<Reply<SagaView>> {
  const saga = await findSaga(db, id);
  if (!saga) throw notFound('saga', id);
  if (verb === 'wake') await sagas.wake(id);
  else if (verb === 'cancel') await sagas.cancel(id, { by, reason });
  else await sagas.decide(id, { verb, by, reason });
  return accepted((await findSaga(db, id)) ?? saga, `/api/v1/sagas/${encodeURIComponent(id)}`);
}
