import { z } from 'zod';
import type { Queryable } from '../kernel/database/database.ts';

const KeptRequest = z.object({
  fingerprint: z.string(),
  status: z.number().int().nullable(),
  isStale: z.boolean(),
  body: z.unknown(),
  location: z.string().nullable(),
});

/** Claims a key for a caller's request. False where the caller has used it before. */
export const claimKey = async (
  db: Queryable,
  { caller, key, fingerprint }: { caller: string; key: string; fingerprint: string },
): Promise<boolean> =>
  (await db.run(
    'INSERT INTO idempotent_request (caller, key, fingerprint) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING',
    [caller, key, fingerprint],
  )) > 0;

/** Keeps the answer for whoever repeats the request. */
export const keepAnswer = (
  db: Queryable,
  { caller, key }: { caller: string; key: string },
  answer: { status: number; body: unknown; location: string | undefined },
): Promise<number> =>
  db.run('UPDATE idempotent_request SET status = $3, body = $4, location = $5 WHERE caller = $1 AND key = $2', [
    caller,
    key,
    answer.status,
    JSON.stringify(answer.body ?? null),
    answer.location ?? null,
  ]);

export const releaseKey = (db: Queryable, { caller, key }: { caller: string; key: string }): Promise<number> =>
  db.run('DELETE FROM idempotent_request WHERE caller = $1 AND key = $2', [caller, key]);

/** `status`: null while the first request has not ended. `isStale`: it began more than five minutes ago. */
export const findKept = (
  db: Queryable,
  { caller, key }: { caller: string; key: string },
): Promise<z.infer<typeof KeptRequest> | undefined> =>
  db.maybe(
    KeptRequest,
    `SELECT fingerprint, status, created_at < now() - interval '5 minutes' AS "isStale", body, location
      FROM idempotent_request WHERE caller = $1 AND key = $2`,
    [caller, key],
  );
