import { z } from 'zod';
import { hasEnded, ImageWorkKind, WorkResult, WorkState } from '../api/image-work.ts';
import { DatacenterId, ServerId } from '../ids.ts';
import type { Queryable } from './database.ts';

/** One order to a validation image, as far as its datacenter has told. */
export const ImageWorkRow = z.object({
  id: z.string(), serverId: ServerId, datacenterId: DatacenterId, kind: ImageWorkKind, state: WorkState, percent: z.number().int(), results: z.array(WorkResult), at: z.string(), endedAt: z.string().nullable(),
});
export type ImageWorkRow = z.infer<typeof ImageWorkRow>;

/** Notes how far it is. What arrives late, or after its end, changes nothing; answers whether it did. */
export async function recordImageWork(db: Queryable, { id, serverId, datacenterId, kind, state, percent, results, at }: Omit<ImageWorkRow, 'endedAt'>): Promise<boolean> {
  const noted = await db.run(
    `INSERT INTO image_work AS known (id, server_id, datacenter_id, kind, state, percent, results, at, ended_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
     ON CONFLICT (id) DO UPDATE SET state = excluded.state, percent = excluded.percent, results = excluded.results, at = excluded.at, ended_at = excluded.ended_at
     WHERE known.ended_at IS NULL AND known.server_id = excluded.server_id AND known.at < excluded.at`,
    [id, serverId, datacenterId, kind, state, percent, JSON.stringify(results), at, hasEnded(state) ? at : null],
  );
  return noted > 0;
}

export const findImageWork = (db: Queryable, id: string): Promise<ImageWorkRow | undefined> =>
  db.maybe(ImageWorkRow, 'SELECT id, server_id AS "serverId", datacenter_id AS "datacenterId", kind, state, percent, results, at, ended_at AS "endedAt" FROM image_work WHERE id = $1', [id]);
