import { deadLettersApi } from '../../shared/events/dead-letters.api.ts';
import { redeliver } from '../../shared/events/dead-letters.ts';
import { httpFunction } from '../../shared/http/http-function.ts';
import { accepted, notFound } from '../../shared/http/reply.ts';

export const replayDeadLetter = httpFunction(deadLettersApi.replay, async ({ params }, deps) => {
  const letter = await redeliver(deps, params.id);
  if (!letter) throw notFound('dead letter', String(params.id));
  return accepted(letter, '/api/v1/dead-letters');
});
