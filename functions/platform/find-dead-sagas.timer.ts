import type { Sagas } from '../../shared/saga/client.ts';

export const findDeadSagasEvery = '0 * * * * *';

/**
 * Compares our sagas with the engine's instances: one that died there, behind its story's back, becomes stuck. Answers
 * how many.
 */
export const findDeadSagas = async ({ sagas }: { sagas: Sagas }): Promise<number> => (await sagas.findDead()).length;
