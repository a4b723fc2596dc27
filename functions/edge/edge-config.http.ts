import { z } from 'zod';
import { configurationOf } from '../../shared/domain/edge/agent-configuration.ts';
import { AgentVersion, EdgeConfiguration } from '../../shared/domain/edge/agents.api.ts';
import { noteSeen } from '../../shared/domain/edge/agents.db.ts';
import { contentVersion } from '../../shared/domain/edge/content-version.ts';
import { httpFunction, notFound, ok } from '../../shared/http/http-function.ts';

export const edgeConfig = httpFunction({
  name: 'edge-config',
  route: 'GET /v1/edge/config',
  summary:
    'The configuration of the agent that asks; it says which release it runs. With If-None-Match it answers 304 ' +
    'while nothing has changed.',
  query: z.object({ version: AgentVersion }),
  answer: EdgeConfiguration,
  allow: ({ caller }) => caller.may('edge:configure'),
  handle: async ({ caller, query: { version } }, { db, clock, settings }) => {
    if (caller.agentId) await noteSeen(db, clock, caller.agentId, version);
    const datacenterId = caller.datacenterIds[0] ?? '';
    const configuration = await configurationOf(db, datacenterId, settings.edgePullSeconds);
    if (!configuration) throw notFound('datacenter', datacenterId);
    return ok(configuration, contentVersion(configuration));
  },
});
