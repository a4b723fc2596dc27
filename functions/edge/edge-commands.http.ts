import { z } from 'zod';
import { awaitCommands } from '../../shared/domain/edge/await-commands.ts';
import { leaseSeconds } from '../../shared/domain/edge/commands.db.ts';
import { EdgeCommands } from '../../shared/domain/edge/edge.api.ts';
import { httpFunction, notFound, ok } from '../../shared/http/http-function.ts';
import { DatacenterId } from '../../shared/kernel/ids.ts';

export const edgeCommands = httpFunction({
  name: 'edge-commands',
  route: 'GET /v1/edge/commands',
  summary:
    'The commands for management controllers of a datacenter. Waits a while where there are none; asking keeps the ' +
    'lease of the agent that is active there.',
  query: z.object({
    datacenter: DatacenterId,
    /** The process that asks, and the number of its question: a question that is repeated has the same answer. */
    process: z.string().regex(/^[\w-]{1,64}$/, 'must be 1 to 64 letters, digits, _ or -'),
    ask: z.coerce.number().int().min(0),
    limit: z.coerce.number().int().min(0).max(500).default(100),
    /** Seconds to wait for a command; shorter than the lease. */
    wait: z.coerce
      .number()
      .min(0)
      .max(leaseSeconds - 5)
      .default(0),
  }),
  answer: EdgeCommands,
  allow: ({ caller }) => caller.may('edge:command'),
  handle: async ({ caller, query: { datacenter, process, ask, limit, wait } }, deps) => {
    if (!caller.may('edge:command', { datacenterId: datacenter })) throw notFound('datacenter', datacenter);
    const asker = { datacenterId: datacenter, agentId: caller.name, ask: { process, number: ask }, limit };
    return ok(await awaitCommands(asker, wait * 1000, deps));
  },
});
