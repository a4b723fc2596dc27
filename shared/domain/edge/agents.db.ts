import { X509Certificate } from 'node:crypto';
import { z } from 'zod';
import { isoTime, type Clock } from '../../kernel/clock.ts';
import type { Queryable } from '../../kernel/database/database.ts';
import { days } from '../../kernel/durations.ts';
import { AgentId, DatacenterId } from '../../kernel/ids.ts';
import type { SignedCertificate } from '../../ports/certificate-authority.ts';
import { fingerprintOf } from './agent-certificate.ts';

export const EdgeAgent = z.object({
  id: AgentId,
  datacenterId: DatacenterId,
  version: z.string(),
  enrolledAt: z.string(),
  lastSeenAt: z.string(),
  revokedAt: z.string().nullable(),
  revokedReason: z.string().nullable(),
  /** The end of its newest certificate; null where it has none yet. */
  certificateExpiresAt: z.string().nullable(),
});
export type EdgeAgent = z.infer<typeof EdgeAgent>;

const agentColumns = `
  a.id, a.datacenter_id AS "datacenterId", a.version, a.enrolled_at AS "enrolledAt", a.last_seen_at AS "lastSeenAt",
    a.revoked_at AS "revokedAt", a.revoked_reason AS "revokedReason",
  (SELECT max(c.expires_at) FROM edge_certificate c WHERE c.agent_id = a.id) AS "certificateExpiresAt"`;

export const findAgent = (db: Queryable, id: string): Promise<EdgeAgent | undefined> =>
  db.maybe(EdgeAgent, `SELECT ${agentColumns} FROM edge_agent a WHERE a.id = $1`, [id]);

/** Newest first, of these datacenters or of all. */
export const listAgents = (
  db: Queryable,
  {
    datacenterIds,
    after,
    limit,
  }: { datacenterIds?: readonly string[] | undefined; after?: string | undefined; limit: number },
): Promise<EdgeAgent[]> =>
  db.many(
    EdgeAgent,
    `SELECT ${agentColumns} FROM edge_agent a WHERE ($1::text[] IS NULL OR a.datacenter_id = ANY ($1))
      AND ($2::text IS NULL OR a.id < $2) ORDER BY a.id DESC LIMIT $3`,
    [datacenterIds ?? null, after ?? null, limit],
  );

/** Records when an agent was last seen, and which release it runs. */
export const noteSeen = (db: Queryable, clock: Clock, id: AgentId, version: string): Promise<number> =>
  db.run('UPDATE edge_agent SET last_seen_at = $2, version = $3 WHERE id = $1', [id, isoTime(clock.now()), version]);

/** Answers whether it was not revoked before. */
export const revokeAgent = async (
  db: Queryable,
  clock: Clock,
  id: string,
  by: string,
  reason: string,
): Promise<boolean> =>
  (await db.run(
    'UPDATE edge_agent SET revoked_at = $2, revoked_by = $3, revoked_reason = $4 WHERE id = $1 AND revoked_at IS NULL',
    [id, isoTime(clock.now()), by, reason],
  )) > 0;

/** Records a certificate and its issuer, before it is handed out. */
export async function recordCertificate(
  tx: Queryable,
  clock: Clock,
  agentId: AgentId,
  { certificate, chain, serial, expiresAt }: SignedCertificate,
): Promise<void> {
  const [issuer = ''] = chain;
  const authority = fingerprintOf(new X509Certificate(issuer));
  await tx.run('INSERT INTO edge_authority (fingerprint, certificate) VALUES ($1, $2) ON CONFLICT DO NOTHING', [
    authority,
    issuer,
  ]);
  await tx.run(
    'INSERT INTO edge_certificate (fingerprint, agent_id, authority, serial, issued_at, expires_at) VALUES ' +
      '($1, $2, $3, $4, $5, $6) ON CONFLICT DO NOTHING',
    [fingerprintOf(new X509Certificate(certificate)), agentId, authority, serial, isoTime(clock.now()), expiresAt],
  );
}

const Issued = z.object({
  agentId: AgentId,
  datacenterId: DatacenterId,
  revokedAt: z.string().nullable(),
  authority: z.string(),
});

/** The agent of a certificate, and its issuer in PEM; undefined for one that was not issued here. */
export const findCertificate = (db: Queryable, fingerprint: string): Promise<z.infer<typeof Issued> | undefined> =>
  db.maybe(
    Issued,
    `SELECT a.id AS "agentId", a.datacenter_id AS "datacenterId", a.revoked_at AS "revokedAt",
      y.certificate AS authority
     FROM edge_certificate c JOIN edge_agent a ON a.id = c.agent_id JOIN edge_authority y
       ON y.fingerprint = c.authority WHERE c.fingerprint = $1`,
    [fingerprint],
  );

/** Certificates of revoked agents that are not yet revoked at the authority. */
export const certificatesToRevoke = (db: Queryable, clock: Clock): Promise<{ serial: string; agentId: AgentId }[]> =>
  db.many(
    z.object({ serial: z.string(), agentId: AgentId }),
    'SELECT c.serial, c.agent_id AS "agentId" FROM edge_certificate c JOIN edge_agent a ON a.id = ' +
      'c.agent_id WHERE a.revoked_at IS NOT NULL AND c.revoked_at IS NULL AND c.expires_at > $1 ORDER BY ' +
      'c.issued_at',
    [isoTime(clock.now())],
  );

export const noteRevoked = (db: Queryable, clock: Clock, serial: string): Promise<number> =>
  db.run('UPDATE edge_certificate SET revoked_at = $2 WHERE serial = $1', [serial, isoTime(clock.now())]);

/** Deletes certificates that expired long ago. */
export const forgetOldCertificates = (db: Queryable, clock: Clock): Promise<number> =>
  db.run('DELETE FROM edge_certificate WHERE expires_at < $1', [isoTime(clock.now() - days(30))]);
