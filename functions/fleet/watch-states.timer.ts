import { z } from 'zod';
import { warningAlert } from '../../shared/domain/health/events.ts';
import { appendEvents } from '../../shared/events/log.ts';
import { isoTime } from '../../shared/kernel/clock.ts';
import { State, states, type StateInfo } from '../../shared/lifecycle/states.ts';
import type { Deps } from '../../shared/saga/deps.ts';
import { timerFunction } from '../../shared/saga/timer.ts';

const Overdue = z.object({
  id: z.string(),
  state: State,
  since: z.string(),
  datacenter: z.string(),
  tenant: z.string().nullable(),
});

/** Raises one alarm for every server that stays in a state longer than it may. Answers how many. */
export async function watchStates({ db, clock, log }: Deps): Promise<number> {
  const limits = (Object.entries(states) as [State, StateInfo][]).flatMap(([state, { leaveWithin }]) =>
    leaveWithin === null ? [] : [{ state, before: isoTime(clock.now() - leaveWithin) }],
  );
  return db.transaction(async (tx) => {
    const overdue = await tx.many(
      Overdue,
      `UPDATE asset SET alarmed_at = $2 FROM jsonb_to_recordset($1) AS l (state text, before timestamptz)
       WHERE asset.state = l.state AND asset.state_since < l.before AND asset.alarmed_at IS NULL
       RETURNING asset.id, asset.state, asset.state_since AS since, asset.datacenter_id AS datacenter,
         asset.tenant_id AS tenant`,
      [JSON.stringify(limits), isoTime(clock.now())],
    );
    for (const { id, state, since } of overdue) log.stateOverdue({ serverId: id, reason: `${state} since ${since}` });
    await appendEvents(
      tx,
      clock,
      overdue.map(({ id, state, since, datacenter, tenant }) =>
        warningAlert({
          subject: id,
          datacenterId: datacenter,
          tenantId: tenant,
          data: { serverId: id, what: `stays in ${state} longer than it may: ${states[state].next}`, since },
        }),
      ),
    );
    return overdue.length;
  });
}

export const watchStatesTimer = timerFunction({ name: 'watch-states', schedule: '*/30 * * * * *', run: watchStates });
