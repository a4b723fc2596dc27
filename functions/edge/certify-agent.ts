import { agentUri, type AgentName } from '../../shared/domain/edge/agent-certificate.ts';
import type { AgentIdentity } from '../../shared/domain/edge/agents.api.ts';
import { findAgent, recordCertificate } from '../../shared/domain/edge/agents.db.ts';
import { days, seconds } from '../../shared/kernel/durations.ts';
import { AppError } from '../../shared/kernel/errors/app-error.ts';
import type { Deps } from '../../shared/saga/deps.ts';

/** Agents renew theirs when two thirds of it are over: one that is cut off for ten days still has a good one. */
const certificateLifetime = days(30);

/**
 * Certifies the key of a request as this agent's. The certificate counts from when it is noted; one that was signed
 * just before a crash was handed to nobody. An agent that was shut out meanwhile gets none.
 */
export async function certifyAgent(
  name: AgentName,
  request: string,
  { db, clock, authority }: Deps,
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
      publicMessage: `The agent ${name.agentId} has been shut out.`,
    });
  return {
    agentId: name.agentId,
    datacenter: name.datacenter,
    certificate: signed.certificate,
    chain: signed.chain.join(''),
    expiresAt: signed.expiresAt,
  };
}
