import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import { z } from 'zod';
import { isoTime, type Clock } from '../../kernel/clock.ts';
import type { Queryable } from '../../kernel/database/database.ts';
import { days, hours, minutes, seconds } from '../../kernel/durations.ts';
import { AgentId, DatacenterId, EnrolmentId } from '../../kernel/ids.ts';
import { newId } from '../../kernel/new-id.ts';

/** How long a code is valid. */
export const codeLifetime = hours(1);
/** After this many wrong attempts with its id a code is invalid for good. */
const triesPerCode = 5;
/** After this many wrong codes from one address within `triesWithin`, further ones are refused unread. */
const triesPerAddress = 10;
const triesWithin = minutes(15);

/** Creates a code. It is returned here once; only its digest is stored. */
export async function createEnrolment(
  db: Queryable,
  clock: Clock,
  { datacenterId, createdBy }: { datacenterId: DatacenterId; createdBy: string },
): Promise<{ id: EnrolmentId; code: string; expiresAt: string }> {
  const id = EnrolmentId.parse(newId('enrolment', clock.now()));
  const secret = randomBytes(24).toString('base64url');
  const expiresAt = isoTime(clock.now() + codeLifetime);
  await db.run(
    'INSERT INTO edge_enrolment (id, datacenter_id, code_hash, created_by, created_at, expires_at) VALUES ' +
      '($1, $2, $3, $4, $5, $6)',
    [id, datacenterId, digest(secret).toString('hex'), createdBy, isoTime(clock.now()), expiresAt],
  );
  return { id, code: `${id}.${secret}`, expiresAt };
}

const Enrolment = z.object({
  datacenterId: DatacenterId,
  codeHash: z.string(),
  expiresAt: z.string(),
  failures: z.number(),
  agentId: AgentId.nullable(),
  keyFingerprint: z.string().nullable(),
  isRevoked: z.boolean().nullable(),
});
export interface EnrolledAgent {
  id: AgentId;
  datacenterId: DatacenterId;
  /** False where the same key used the code before and its answer was lost. */
  isNew: boolean;
}

/**
 * Enrols the holder of this key with a code: once, or again for the same key. Undefined for a code that is wrong,
 * expired or used by another key; the caller is not told which. Commit the transaction in either case: wrong attempts
 * are counted.
 */
export async function useCode(
  tx: Queryable,
  clock: Clock,
  {
    code,
    keyFingerprint,
    version,
    address,
  }: { code: string; keyFingerprint: string; version: string; address: string },
): Promise<EnrolledAgent | undefined> {
  const [id = '', secret = ''] = code.split('.', 2);
  const found = await tx.maybe(
    Enrolment,
    `SELECT e.datacenter_id AS "datacenterId", e.code_hash AS "codeHash", e.expires_at AS "expiresAt", e.failures,
      e.agent_id AS "agentId", e.key_fingerprint AS "keyFingerprint",
       (SELECT a.revoked_at IS NOT NULL FROM edge_agent a WHERE a.id = e.agent_id) AS "isRevoked"
     FROM edge_enrolment e WHERE e.id = $1 FOR UPDATE`,
    [id],
  );
  // A comparison is made even where there is no such code: the time it takes reveals nothing.
  const isRight = timingSafeEqual(digest(secret), Buffer.from(found?.codeHash ?? digest('').toString('hex'), 'hex'));
  const isUsable =
    found !== undefined &&
    Date.parse(found.expiresAt) > clock.now() &&
    found.failures < triesPerCode &&
    (found.agentId === null || (found.keyFingerprint === keyFingerprint && !found.isRevoked));
  if (!isRight || !isUsable) {
    await tx.run('UPDATE edge_enrolment SET failures = failures + 1 WHERE id = $1', [id]);
    await tx.run('DELETE FROM edge_enrolment_failure WHERE at < $1', [isoTime(clock.now() - days(1))]);
    await tx.run('INSERT INTO edge_enrolment_failure (address, at) VALUES ($1, $2)', [address, isoTime(clock.now())]);
    return undefined;
  }
  if (found.agentId !== null) return { id: found.agentId, datacenterId: found.datacenterId, isNew: false };
  const agentId = AgentId.parse(newId('agent', clock.now()));
  await tx.run(
    'INSERT INTO edge_agent (id, datacenter_id, version, enrolled_at, last_seen_at) VALUES ($1, $2, $3, $4, $4)',
    [agentId, found.datacenterId, version, isoTime(clock.now())],
  );
  await tx.run('UPDATE edge_enrolment SET agent_id = $2, key_fingerprint = $3 WHERE id = $1', [
    id,
    agentId,
    keyFingerprint,
  ]);
  return { id: agentId, datacenterId: found.datacenterId, isNew: true };
}

const digest = (secret: string): Buffer => createHash('sha256').update(secret).digest();

/** In how many seconds codes from this address are read again; 0 for now. */
export async function secondsUntilHeard(db: Queryable, clock: Clock, address: string): Promise<number> {
  const failures = await db.many(
    z.object({ at: z.string() }),
    'SELECT at FROM edge_enrolment_failure WHERE address = $1 AND at > $2 ORDER BY at DESC LIMIT $3',
    [address, isoTime(clock.now() - triesWithin), triesPerAddress],
  );
  const oldest = failures.at(triesPerAddress - 1);
  return oldest === undefined
    ? 0
    : Math.max(1, Math.ceil((Date.parse(oldest.at) + triesWithin - clock.now()) / seconds(1)));
}
