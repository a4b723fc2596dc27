import { awaitCommands } from '../../shared/domain/edge/await-commands.ts';
import { uplinkApi } from '../../shared/domain/edge/uplink.api.ts';
import { httpFunction } from '../../shared/http/http-function.ts';
import { notFound, ok } from '../../shared/http/reply.ts';

export const edgeCommands = httpFunction(
  uplinkApi.commands,
  async ({ caller, query: { datacenter, process, ask, limit, wait } }, deps) => {
    if (!caller.may('edge:command', { datacenterId: datacenter })) throw notFound('datacenter', datacenter);
    const asker = { datacenterId: datacenter, agentId: caller.name, ask: { process, number: ask }, limit };
    return ok(await awaitCommands(asker, wait * 1000, deps));
  },
);
