import { agentsApi } from '../../shared/domain/edge/agents.api.ts';
import { findAgent, revokeAgent as shutOut } from '../../shared/domain/edge/agents.db.ts';
import { agentRevoked } from '../../shared/domain/edge/events.ts';
import { appendEvents } from '../../shared/events/log.ts';
import { httpFunction } from '../../shared/http/http-function.ts';
import { ok } from '../../shared/http/reply.ts';
import { revokeCertificates } from './revoke-certificates.timer.ts';
import { viewOfAgent } from './view-of-agent.ts';

export const revokeAgent = httpFunction(agentsApi.revoke, {
  find: findAgent,
  handle: async ({ subject: agent, caller, body: { reason } }, deps) => {
    const { db, clock } = deps;
    const { id, datacenterId } = agent;
    await db.transaction(async (tx) => {
      if (await shutOut(tx, clock, id, caller.name, reason))
        await appendEvents(tx, clock, [
          agentRevoked({
            subject: id,
            datacenterId,
            data: { agentId: id, datacenterId, by: caller.name, reason },
          }),
        ]);
    });
    await revokeCertificates(deps);
    return ok(viewOfAgent((await findAgent(db, id)) ?? agent, clock.now()));
  },
});
