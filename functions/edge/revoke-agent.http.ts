import { z } from 'zod';
import { AgentView, RevokeAgent } from '../../shared/domain/edge/agents.api.ts';
import { findAgent } from '../../shared/domain/edge/agents.db.ts';
import { revokeAgent as revoke } from '../../shared/domain/edge/revoke-agent.ts';
import { agentView } from '../../shared/domain/edge/views.ts';
import { httpFunction, notFound, ok } from '../../shared/http/http-function.ts';
import { AgentId } from '../../shared/kernel/ids.ts';

export const revokeAgent = httpFunction({
  name: 'revoke-agent',
  route: 'POST /v1/edge/agents/{id}/revoke',
  summary: 'Revoke an edge agent, at once and for good. A new code enrols another one.',
  params: z.object({ id: AgentId }),
  body: RevokeAgent,
  answer: AgentView,
  allow: ({ caller }) => caller.may('edge:revoke'),
  handle: async ({ caller, params: { id }, body: { reason } }, deps) => {
    const agent = await findAgent(deps.db, id);
    if (!agent) throw notFound('agent', id);
    await revoke(agent, { by: caller.name, reason }, deps);
    return ok(agentView((await findAgent(deps.db, id)) ?? agent, deps.clock.now()));
  },
});
