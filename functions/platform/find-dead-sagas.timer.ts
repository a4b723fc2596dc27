import { timerFunction } from '../../shared/saga/timer.ts';

/**
 * Compares our sagas with the engine's instances: one that died there, behind its story's back, becomes stuck. Answers
 * how many.
 */
export const findDeadSagas = timerFunction({
  name: 'find-dead-sagas',
  schedule: '0 * * * * *',
  run: async ({ sagas }) => (await sagas.findDead()).length,
});
