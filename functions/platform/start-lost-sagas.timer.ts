import { seconds } from '../../shared/kernel/durations.ts';
import type { Sagas } from '../../shared/saga/client.ts';
import type { Deps } from '../../shared/saga/deps.ts';
import { timerFunction } from '../../shared/saga/timer.ts';

/** What was accepted but whose saga never began (a crash between the two) is started here. Answers how many. */
export async function startLostSagas({ clock, log, sagas }: Deps & { sagas: Sagas }): Promise<number> {
  const lost = await sagas.startAccepted(clock.now() - seconds(10));
  for (const sagaId of lost) log.sagaStarted({ sagaId });
  return lost.length;
}

export const startLostSagasTimer = timerFunction({
  name: 'start-lost-sagas',
  schedule: '*/15 * * * * *',
  run: startLostSagas,
});
