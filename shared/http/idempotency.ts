import { createHash } from 'node:crypto';
import type { Database } from '../kernel/database/database.ts';
import { AppError } from '../kernel/errors/app-error.ts';
import { claimKey, findKept, keepAnswer, releaseKey } from './idempotency.db.ts';
import type { Reply } from './reply.ts';

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
  if (!(await claimKey(db, { caller, key, fingerprint }))) return repeated(db, caller, key, fingerprint);
  try {
    const reply = await run();
    await keepAnswer(
      db,
      { caller, key },
      { status: reply.status, body: reply.body, location: reply.headers?.['location'] },
    );
    return reply;
  } catch (error) {
    await releaseKey(db, { caller, key });
    throw error;
  }
}

async function repeated(db: Database, caller: string, key: string, fingerprint: string): Promise<Reply> {
  const kept = await findKept(db, { caller, key });
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
