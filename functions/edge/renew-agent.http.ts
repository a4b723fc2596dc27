import { AgentIdentity, RenewAgent } from '../../shared/domain/edge/agents.api.ts';
import { findAgent, noteSeen } from '../../shared/domain/edge/agents.db.ts';
import { certifyAgent } from '../../shared/domain/edge/certify-agent.ts';
import { httpFunction, notFound, ok } from '../../shared/http/http-function.ts';

export const renewAgent = httpFunction({
  name: 'renew-agent',
  route: 'POST /v1/edge/renew',
  summary:
    'Another certificate for the agent that asks, for the key of its request. The one before stays valid until it ' +
    'expires.',
  body: RenewAgent,
  answer: AgentIdentity,
  keepsAnswer: false,
  allow: ({ caller }) => caller.may('edge:renew'),
  handle: async ({ caller, body: { csr, version } }, deps) => {
    const agent = caller.agentId && (await findAgent(deps.db, caller.agentId));
    if (!agent) throw notFound('agent', caller.name);
    await noteSeen(deps.db, deps.clock, agent.id, version);
    return ok(await certifyAgent({ agentId: agent.id, datacenter: agent.datacenterId }, csr, deps));
  },
});
