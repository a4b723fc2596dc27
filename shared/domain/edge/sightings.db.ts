import { isoTime, type Clock } from '../../kernel/clock.ts';
import type { Queryable } from '../../kernel/database/database.ts';
import { minutes } from '../../kernel/durations.ts';

/** One thing that a datacenter's agent saw, as far as order among such things goes. */
export interface Sighting {
  id: string;
  at: string;
  datacenter: string;
  kind: string;
}

/** How far an agent's clock may run ahead of ours before its order is no longer trusted. */
const trustedAhead = minutes(5);

/**
 * Notes a sighting of `subject` (a MAC, a serial number) and answers whether it is news: false for one that was
 * noted before, and for one older than what is known. Call it in the transaction that acts on the news.
 */
export async function isNews(
  tx: Queryable,
  clock: Clock,
  { id, at, datacenter, kind }: Sighting,
  subject: string,
): Promise<boolean> {
  // A clock that once ran far ahead must not silence a machine until the date it showed.
  const noted = await tx.run(
    `INSERT INTO edge_sighting AS known (datacenter_id, subject, kind, at, event_id) VALUES ($1, $2, $3, $4, $5)
     ON CONFLICT (datacenter_id, subject, kind) DO UPDATE SET at = excluded.at, event_id = excluded.event_id
     WHERE known.event_id <> excluded.event_id AND (known.at < excluded.at OR known.at > $6)`,
    [datacenter, subject, kind, at, id, isoTime(clock.now() + trustedAhead)],
  );
  return noted > 0;
}
