import { agentsApi } from '../../shared/domain/edge/agents.api.ts';
import { listAgents as readAgents } from '../../shared/domain/edge/agents.db.ts';
import { agentView } from '../../shared/domain/edge/views.ts';
import { httpFunction } from '../../shared/http/http-function.ts';
import { ok } from '../../shared/http/reply.ts';
import { cut } from '../../shared/kernel/api/paging.ts';

export const listAgents = httpFunction(agentsApi.list, async ({ caller, query: { limit, after } }, { db, clock }) => {
  const agents = await readAgents(db, {
    datacenterIds: caller.datacenterFilter('edge:read'),
    after,
    limit: limit + 1,
  });
  const { items, next } = cut(agents, limit, ({ id }) => id);
  return ok({ items: items.map((agent) => agentView(agent, clock.now())), next });
});
