import { AgentView } from '../../shared/domain/edge/agents.api.ts';
import { listAgents as readAgents } from '../../shared/domain/edge/agents.db.ts';
import { agentView } from '../../shared/domain/edge/views.ts';
import { httpFunction, ok } from '../../shared/http/http-function.ts';
import { cut, page, PageQuery } from '../../shared/http/paging.ts';

export const listAgents = httpFunction({
  name: 'list-agents',
  route: 'GET /v1/edge/agents',
  summary:
    'The enrolled edge agents, newest first: the release they run, when they were last seen, and when their ' +
    'certificate expires.',
  query: PageQuery,
  answer: page(AgentView),
  allow: ({ caller }) => caller.may('edge:read'),
  handle: async ({ caller, query: { limit, after } }, { db, clock }) => {
    const agents = await readAgents(db, {
      datacenterIds: caller.datacenterFilter('edge:read'),
      after,
      limit: limit + 1,
    });
    const { items, next } = cut(agents, limit, ({ id }) => id);
    return ok({ items: items.map((agent) => agentView(agent, clock.now())), next });
  },
});
