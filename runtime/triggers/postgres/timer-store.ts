import type { TimerStore } from '../timer/timer-store.ts';
import type { HostConnection } from './host-connection.ts';

/** Timers in PostgreSQL, written on the session whose lock says that the timer is ours. */
export const createPostgresTimerStore = (connection: HostConnection): TimerStore => ({
  load: async (name) => {
    const [row] = await connection.query<{ last: Date | null; next: Date; last_updated: Date }>(
      'SELECT last, next, last_updated FROM runtime.timer WHERE name = $1',
      [name],
    );
    return (
      row && { last: row.last?.getTime() ?? null, next: row.next.getTime(), lastUpdated: row.last_updated.getTime() }
    );
  },
  save: async (name, { last, next, lastUpdated }) => {
    await connection.query(
      `INSERT INTO runtime.timer (name, last, next, last_updated) VALUES ($1, $2, $3, $4)
       ON CONFLICT (name) DO UPDATE SET last = excluded.last, next = excluded.next,
         last_updated = excluded.last_updated`,
      [name, last === null ? null : new Date(last), new Date(next), new Date(lastUpdated)],
    );
  },
});
