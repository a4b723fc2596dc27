import { agentsApi } from '../../shared/domain/edge/agents.api.ts';
import { findAgent } from '../../shared/domain/edge/agents.db.ts';
import { revokeAgent as revoke } from '../../shared/domain/edge/revoke-agent.ts';
import { agentView } from '../../shared/domain/edge/views.ts';
import { httpFunction } from '../../shared/http/http-function.ts';
import { ok } from '../../shared/http/reply.ts';

export const revokeAgent = httpFunction(agentsApi.revoke, {
  find: findAgent,
  handle: async ({ subject: agent, caller, body: { reason } }, deps) => {
    await revoke(agent, { by: caller.name, reason }, deps);
    return ok(agentView((await findAgent(deps.db, agent.id)) ?? agent, deps.clock.now()));
  },
});
