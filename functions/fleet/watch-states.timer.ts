import { takeOverdue } from '../../shared/domain/assets/overdue.db.ts';
import { warningAlert } from '../../shared/domain/health/events.ts';
import { appendEvents } from '../../shared/events/log.ts';
import { isoTime } from '../../shared/kernel/clock.ts';
import { states, type State, type StateInfo } from '../../shared/lifecycle/states.ts';
import type { Deps } from '../../shared/saga/deps.ts';
import { timerFunction } from '../../shared/saga/timer.ts';

/** Raises one alarm for every server that stays in a state longer than it may. Answers how many. */
export async function watchStates({ db, clock, log }: Deps): Promise<number> {
  const limits = (Object.entries(states) as [State, StateInfo][]).flatMap(([state, { leaveWithin }]) =>
    leaveWithin === null ? [] : [{ state, before: isoTime(clock.now() - leaveWithin) }],
  );
  return db.transaction(async (tx) => {
    const overdue = await takeOverdue(tx, limits, isoTime(clock.now()));
    for (const { id, state, since } of overdue) log.stateOverdue({ serverId: id, reason: `${state} since ${since}` });
    await appendEvents(
      tx,
      clock,
      overdue.map(({ id, state, since, datacenterId, tenantId }) =>
        warningAlert({
          subject: id,
          datacenterId,
          tenantId,
          data: { serverId: id, what: `stays in ${state} longer than it may: ${states[state].next}`, since },
        }),
      ),
    );
    return overdue.length;
  });
}

export const watchStatesTimer = timerFunction({ name: 'watch-states', schedule: '*/30 * * * * *', run: watchStates });
