import { createHash } from 'node:crypto';
import { z } from 'zod';
import type { Database } from '../kernel/database/database.ts';
import { AppError } from '../kernel/errors/app-error.ts';
import type { Reply } from './reply.ts';

const Kept = z.object({
  fingerprint: z.string(),
  status: z.number().int().nullable(),
  isStale: z.boolean(),
  body: z.unknown(),
  location: z.string().nullable(),
});

/**
 * A POST repeated under the same Idempotency-Key gets the first answer again and does nothing twice. Failures on
 * our side are forgotten, so that the caller can try again. (draft-ietf-httpapi-idempotency-key-header)
 */
export async function once(
  db: Database,
  request: { caller: string; key: string | null; what: string; keepsAnswer: boolean },
  run: () => Promise<Reply>,
): Promise<Reply> {
  const { caller, key, what, keepsAnswer } = request;
  if (key === null || !keepsAnswer) return run();
  if (key.length === 0 || key.length > 200)
    throw new AppError({
      code: 'input.bad-idempotency-key',
      kind: 'invalid',
      publicMessage: 'The Idempotency-Key must have 1 to 200 characters.',
    });
  const fingerprint = createHash('sha256').update(what).digest('hex');
  const isFirst =
    (await db.run(
      'INSERT INTO idempotent_request (caller, key, fingerprint) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING',
      [caller, key, fingerprint],
    )) > 0;
  if (!isFirst) return repeated(db, caller, key, fingerprint);
  try {
    const reply = await run();
    await db.run('UPDATE idempotent_request SET status = $3, body = $4, location = $5 WHERE caller = $1 AND key = $2', [
      caller,
      key,
      reply.status,
      JSON.stringify(reply.body ?? null),
      reply.headers?.['location'] ?? null,
    ]);
    return reply;
  } catch (error) {
    await db.run('DELETE FROM idempotent_request WHERE caller = $1 AND key = $2', [caller, key]);
    throw error;
  }
}

async function repeated(db: Database, caller: string, key: string, fingerprint: string): Promise<Reply> {
  const kept = await db.maybe(
    Kept,
    `SELECT fingerprint, status, created_at < now() - interval '5 minutes' AS "isStale", body, location
      FROM idempotent_request WHERE caller = $1 AND key = $2`,
    [caller, key],
  );
  if (kept && kept.fingerprint !== fingerprint)
    throw new AppError({
      code: 'input.idempotency-key-reused',
      kind: 'contradictory',
      publicMessage: 'This Idempotency-Key was used for another request before. Use a new one.',
    });
  // The process died in the middle of it. Doing it again might do it twice, and waiting would not help.
  if (kept?.status === null && kept.isStale)
    throw new AppError({
      code: 'input.outcome-unknown',
      kind: 'conflict',
      publicMessage:
        'The first request with this Idempotency-Key was broken off. Look whether it was done before you ' +
        'send it again with a new key.',
    });
  if (!kept || kept.status === null)
    throw new AppError({
      code: 'input.still-running',
      kind: 'conflict',
      publicMessage: 'The first request with this Idempotency-Key is still being worked on. Ask again shortly.',
      retryAfterSeconds: 1,
    });
  return {
    status: kept.status,
    body: kept.body ?? undefined,
    headers: { 'idempotent-replayed': 'true', ...(kept.location !== null && { location: kept.location }) },
  };
}
