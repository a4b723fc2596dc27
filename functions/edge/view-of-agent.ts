import type { AgentView } from '../../shared/domain/edge/agents.api.ts';
import type { EdgeAgent } from '../../shared/domain/edge/agents.db.ts';

/** An agent as people see it at that moment (milliseconds since 1970). */
export const viewOfAgent = (agent: EdgeAgent, now: number): AgentView => ({ ...agent, state: stateOf(agent, now) });

function stateOf({ revokedAt, certificateExpiresAt }: EdgeAgent, now: number): AgentView['state'] {
  if (revokedAt !== null) return 'revoked';
  if (certificateExpiresAt === null) return 'enrolling';
  return Date.parse(certificateExpiresAt) > now ? 'active' : 'over';
}
