import { deadLettersApi } from '../../shared/events/dead-letters.api.ts';
import { findDeadLetter, redeliver } from '../../shared/events/dead-letters.db.ts';
import { httpFunction } from '../../shared/http/http-function.ts';
import { accepted } from '../../shared/http/reply.ts';
import { AppError } from '../../shared/kernel/errors/app-error.ts';

export const replayDeadLetter = httpFunction(deadLettersApi.replay, {
  find: findDeadLetter,
  handle: async ({ subject: { id } }, deps) => {
    const letter = await redeliver(deps, id);
    if (!letter)
      throw new AppError({
        code: 'dead-letter.not-open',
        kind: 'conflict',
        publicMessage: `Dead letter ${id} was replayed or discarded before.`,
      });
    return accepted(letter, '/api/v1/dead-letters');
  },
});
