import { z } from 'zod';
import { hasEnded, ImageWorkKind, WorkResult, WorkState, type ImageWork } from '../../facts/image-work.ts';
import { isoTime, type Clock } from '../../kernel/clock.ts';
import type { Queryable } from '../../kernel/database/database.ts';
import { DatacenterId, ServerId } from '../../kernel/ids.ts';

/** One order to a validation image, as far as its datacenter has told. */
export const ImageWorkRow = z.object({
  id: z.string(),
  serverId: ServerId,
  datacenterId: DatacenterId,
  kind: ImageWorkKind,
  state: WorkState,
  percent: z.number().int(),
  results: z.array(WorkResult),
  at: z.string().nullable(),
  endedAt: z.string().nullable(),
});
export type ImageWorkRow = z.infer<typeof ImageWorkRow>;

export interface ImageWorkOrder {
  serverId: ServerId;
  datacenterId: DatacenterId;
  /** With the order's id. */
  work: ImageWork;
  /** Milliseconds since 1970. After that no image begins it. */
  expiresAt: number;
}

/**
 * Wants that done by the server's validation image. Its datacenter reads it from the list of expected servers. Again is
 * the same as once.
 */
export const orderImageWork = (
  db: Queryable,
  clock: Clock,
  { serverId, datacenterId, work, expiresAt }: ImageWorkOrder,
): Promise<number> =>
  db.run(
    `INSERT INTO image_work (id, server_id, datacenter_id, kind, state, percent, results, work, ordered_at, expires_at)
      VALUES ($1, $2, $3, $4, 'waiting', 0, '[]', $5, $6, $7) ON CONFLICT (id) DO NOTHING`,
    [work.id, serverId, datacenterId, work.kind, JSON.stringify(work), isoTime(clock.now()), isoTime(expiresAt)],
  );

/** Wants it no more. An image that is at it already goes on; what it finds is noted all the same. */
export const withdrawImageWork = (db: Queryable, clock: Clock, id: string): Promise<number> =>
  db.run('UPDATE image_work SET withdrawn_at = $2 WHERE id = $1 AND ended_at IS NULL AND withdrawn_at IS NULL', [
    id,
    isoTime(clock.now()),
  ]);

/** Notes how far it is. What arrives late, or after its end, changes nothing; answers whether it did. */
export async function recordImageWork(
  db: Queryable,
  { id, serverId, datacenterId, kind, state, percent, results, at }: Omit<ImageWorkRow, 'endedAt'>,
): Promise<boolean> {
  const noted = await db.run(
    `INSERT INTO image_work AS known (id, server_id, datacenter_id, kind, state, percent, results, at, ended_at)
      VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
     ON CONFLICT (id) DO UPDATE SET state = excluded.state, percent = excluded.percent, results = excluded.results,
       at = excluded.at, ended_at = excluded.ended_at
     WHERE known.ended_at IS NULL AND known.server_id = excluded.server_id AND (known.at IS NULL
       OR known.at < excluded.at)`,
    [id, serverId, datacenterId, kind, state, percent, JSON.stringify(results), at, hasEnded(state) ? at : null],
  );
  return noted > 0;
}

export const findImageWork = (db: Queryable, id: string): Promise<ImageWorkRow | undefined> =>
  db.maybe(
    ImageWorkRow,
    'SELECT id, server_id AS "serverId", datacenter_id AS "datacenterId", kind, state, percent, results, ' +
      'at, ended_at AS "endedAt" FROM image_work WHERE id = $1',
    [id],
  );

/** Jobs of the validation image on a server that have ended since then, the earliest first. */
export const jobsEndedSince = (
  db: Queryable,
  serverId: ServerId,
  since: string,
): Promise<Pick<ImageWorkRow, 'id' | 'kind' | 'state'>[]> =>
  db.many(
    ImageWorkRow.pick({ id: true, kind: true, state: true }),
    'SELECT id, kind, state FROM image_work WHERE server_id = $1 AND ended_at >= $2 ORDER BY ended_at, id',
    [serverId, since],
  );
