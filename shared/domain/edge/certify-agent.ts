import type { Clock } from '../../kernel/clock.ts';
import type { Database } from '../../kernel/database/database.ts';
import { days, seconds } from '../../kernel/durations.ts';
import { AppError } from '../../kernel/errors/app-error.ts';
import type { CertificateAuthority } from '../../ports/certificate-authority.ts';
import { agentUri, type AgentName } from './agent-certificate.ts';
import type { AgentIdentity } from './agents.api.ts';
import { findAgent, recordCertificate } from './agents.db.ts';

export interface CertifyDeps {
  db: Database;
  clock: Clock;
  authority: CertificateAuthority;
}

/** Agents renew theirs after two thirds of this: one that is cut off for ten days still has a valid certificate. */
const certificateLifetime = days(30);

/**
 * Certifies the key of a request as this agent's. The certificate is valid from when it is recorded; one that was
 * signed just before a crash was handed to nobody. Throws `edge.agent-revoked` for an agent that was revoked meanwhile.
 */
export async function certifyAgent(
  name: AgentName,
  request: string,
  { db, clock, authority }: CertifyDeps,
): Promise<AgentIdentity> {
  const signed = await authority.sign({
    request,
    names: { uris: [agentUri(name)] },
    lifetimeSeconds: certificateLifetime / seconds(1),
  });
  await db.transaction((tx) => recordCertificate(tx, clock, name.agentId, signed));
  const agent = await findAgent(db, name.agentId);
  if (!agent || agent.revokedAt !== null)
    throw new AppError({
      code: 'edge.agent-revoked',
      kind: 'forbidden',
      publicMessage: `The agent ${name.agentId} has been revoked.`,
    });
  return {
    agentId: name.agentId,
    datacenter: name.datacenter,
    certificate: signed.certificate,
    chain: signed.chain.join(''),
    expiresAt: signed.expiresAt,
  };
}
