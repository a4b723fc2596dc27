import { z } from 'zod';
import { DeadLetterView } from '../../shared/events/dead-letters.api.ts';
import { redeliver } from '../../shared/events/dead-letters.ts';
import { accepted, httpFunction, notFound } from '../../shared/http/http-function.ts';

export const replayDeadLetter = httpFunction({
  name: 'replay-dead-letter',
  route: 'POST /v1/dead-letters/{id}/replay',
  summary: 'Hand an event that was put aside to its consumer again.',
  params: z.object({ id: z.coerce.number().int().positive() }),
  answer: DeadLetterView,
  allow: ({ caller }) => caller.may('dead-letter:replay'),
  handle: async ({ params }, deps) => {
    const letter = await redeliver(deps, params.id);
    if (!letter) throw notFound('dead letter', String(params.id));
    return accepted(letter, '/api/v1/dead-letters');
  },
});
