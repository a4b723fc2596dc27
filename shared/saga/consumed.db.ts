import { z } from 'zod';
import type { Queryable } from '../kernel/database/database.ts';

export const isConsumed = async (db: Queryable, consumer: string, eventId: string): Promise<boolean> =>
  (await db.maybe(
    z.object({ consumer: z.string() }),
    'SELECT consumer FROM consumed_event WHERE consumer = $1 AND event_id = $2',
    [consumer, eventId],
  )) !== undefined;

export const markConsumed = (db: Queryable, consumer: string, eventId: string): Promise<number> =>
  db.run('INSERT INTO consumed_event (consumer, event_id) VALUES ($1, $2) ON CONFLICT DO NOTHING', [consumer, eventId]);
