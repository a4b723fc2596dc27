import { isoTime, type Clock } from '../../kernel/clock.ts';
import type { Queryable } from '../../kernel/database/database.ts';
import { minutes } from '../../kernel/durations.ts';

/** What orders the observations of one subject: which is the newest. */
export interface Observation {
  id: string;
  at: string;
  datacenter: string;
  kind: string;
}

/** How far an agent's clock may run ahead of ours before its order is no longer trusted. */
const trustedAhead = minutes(5);

/**
 * Records an observation of `subject` (a MAC, a serial number). Answers false where it was recorded before or is older
 * than the newest. Call it in the transaction that acts on the observation.
 */
export async function recordObservation(
  tx: Queryable,
  clock: Clock,
  { id, at, datacenter, kind }: Observation,
  subject: string,
): Promise<boolean> {
  // An agent's clock that once ran far ahead must not suppress observations until the date that it showed.
  const noted = await tx.run(
    `INSERT INTO edge_observation AS known (datacenter_id, subject, kind, at, event_id) VALUES ($1, $2, $3, $4, $5)
     ON CONFLICT (datacenter_id, subject, kind) DO UPDATE SET at = excluded.at, event_id = excluded.event_id
     WHERE known.event_id <> excluded.event_id AND (known.at < excluded.at OR known.at > $6)`,
    [datacenter, subject, kind, at, id, isoTime(clock.now() + trustedAhead)],
  );
  return noted > 0;
}
