import type { AgentView } from './agents.api.ts';
import type { EdgeAgent } from './agents.db.ts';

/** An agent as people see it at that moment (milliseconds since 1970). */
export const agentView = (agent: EdgeAgent, now: number): AgentView => ({ ...agent, state: stateOf(agent, now) });

function stateOf({ revokedAt, certificateExpiresAt }: EdgeAgent, now: number): AgentView['state'] {
  if (revokedAt !== null) return 'revoked';
  if (certificateExpiresAt === null) return 'enrolling';
  return Date.parse(certificateExpiresAt) > now ? 'active' : 'over';
}
