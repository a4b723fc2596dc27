import { z } from 'zod';
import { hasEnded, ImageJobKind, JobResult, JobState, type ImageJob } from '../../facts/image-job.ts';
import { isoTime, type Clock } from '../../kernel/clock.ts';
import type { Queryable } from '../../kernel/database/database.ts';
import { DatacenterId, ServerId } from '../../kernel/ids.ts';

/** One job of a validation image, as its datacenter last reported it. */
export const ImageJobRow = z.object({
  id: z.string(),
  serverId: ServerId,
  datacenterId: DatacenterId,
  kind: ImageJobKind,
  state: JobState,
  percent: z.number().int(),
  results: z.array(JobResult),
  at: z.string().nullable(),
  endedAt: z.string().nullable(),
});
export type ImageJobRow = z.infer<typeof ImageJobRow>;

export interface NewImageJob {
  serverId: ServerId;
  datacenterId: DatacenterId;
  job: ImageJob;
  /** Milliseconds since 1970. No image starts it after that. */
  expiresAt: number;
}

/**
 * Requests a job of the server's validation image. Its datacenter finds it in the list of expected servers. Requesting
 * it again changes nothing.
 */
export const requestImageJob = (
  db: Queryable,
  clock: Clock,
  { serverId, datacenterId, job, expiresAt }: NewImageJob,
): Promise<number> =>
  db.run(
    `INSERT INTO image_job (id, server_id, datacenter_id, kind, state, percent, results, job, requested_at, expires_at)
      VALUES ($1, $2, $3, $4, 'waiting', 0, '[]', $5, $6, $7) ON CONFLICT (id) DO NOTHING`,
    [job.id, serverId, datacenterId, job.kind, JSON.stringify(job), isoTime(clock.now()), isoTime(expiresAt)],
  );

/** Withdraws the request. An image that has started the job finishes it, and its results are recorded. */
export const withdrawImageJob = (db: Queryable, clock: Clock, id: string): Promise<number> =>
  db.run('UPDATE image_job SET withdrawn_at = $2 WHERE id = $1 AND ended_at IS NULL AND withdrawn_at IS NULL', [
    id,
    isoTime(clock.now()),
  ]);

/** Records progress. What arrives late or after the end changes nothing. Answers whether it was recorded. */
export async function recordImageJob(
  db: Queryable,
  { id, serverId, datacenterId, kind, state, percent, results, at }: Omit<ImageJobRow, 'endedAt'>,
): Promise<boolean> {
  const noted = await db.run(
    `INSERT INTO image_job AS known (id, server_id, datacenter_id, kind, state, percent, results, at, ended_at)
      VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
     ON CONFLICT (id) DO UPDATE SET state = excluded.state, percent = excluded.percent, results = excluded.results,
       at = excluded.at, ended_at = excluded.ended_at
     WHERE known.ended_at IS NULL AND known.server_id = excluded.server_id AND (known.at IS NULL
       OR known.at < excluded.at)`,
    [id, serverId, datacenterId, kind, state, percent, JSON.stringify(results), at, hasEnded(state) ? at : null],
  );
  return noted > 0;
}

export const findImageJob = (db: Queryable, id: string): Promise<ImageJobRow | undefined> =>
  db.maybe(
    ImageJobRow,
    'SELECT id, server_id AS "serverId", datacenter_id AS "datacenterId", kind, state, percent, results, ' +
      'at, ended_at AS "endedAt" FROM image_job WHERE id = $1',
    [id],
  );

/** Jobs of the validation image on a server that have ended since then, the earliest first. */
export const jobsEndedSince = (
  db: Queryable,
  serverId: ServerId,
  since: string,
): Promise<Pick<ImageJobRow, 'id' | 'kind' | 'state'>[]> =>
  db.many(
    ImageJobRow.pick({ id: true, kind: true, state: true }),
    'SELECT id, kind, state FROM image_job WHERE server_id = $1 AND ended_at >= $2 ORDER BY ended_at, id',
    [serverId, since],
  );
