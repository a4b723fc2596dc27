import { AgentView } from '../../shared/domain/edge/agents.api.ts';
import { listAgents as readAgents } from '../../shared/domain/edge/agents.db.ts';
import { httpFunction, ok } from '../../shared/http/http-function.ts';
import { cut, page, PageQuery } from '../../shared/http/paging.ts';
import { viewOfAgent } from './view-of-agent.ts';

export const listAgents = httpFunction({
  name: 'list-agents',
  route: 'GET /v1/edge/agents',
  summary:
    'The edge agents that were let in, newest first: what they run, when they were last heard of, until ' +
    'when their certificate is good.',
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
    return ok({ items: items.map((agent) => viewOfAgent(agent, clock.now())), next });
  },
});
