import { findAgent, noteSeen } from '../../shared/domain/edge/agents.db.ts';
import { certifyAgent } from '../../shared/domain/edge/certify-agent.ts';
import { uplinkApi } from '../../shared/domain/edge/uplink.api.ts';
import { httpFunction } from '../../shared/http/http-function.ts';
import { notFound, ok } from '../../shared/http/reply.ts';

export const renewAgent = httpFunction(uplinkApi.renew, async ({ caller, body: { csr, version } }, deps) => {
  const agent = caller.agentId && (await findAgent(deps.db, caller.agentId));
  if (!agent) throw notFound('agent', caller.name);
  await noteSeen(deps.db, deps.clock, agent.id, version);
  return ok(await certifyAgent({ agentId: agent.id, datacenter: agent.datacenterId }, csr, deps));
});
