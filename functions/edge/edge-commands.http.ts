import { z } from 'zod';
import {
  commandNotice,
  holdLease,
  leaseSeconds,
  takeCommands,
  type Asker,
} from '../../shared/domain/edge/commands.db.ts';
import { EdgeCommands } from '../../shared/domain/edge/edge.api.ts';
import { httpFunction, notFound, ok } from '../../shared/http/http-function.ts';
import { DatacenterId } from '../../shared/kernel/ids.ts';
import type { Deps } from '../../shared/saga/deps.ts';

const standbyAgainMilliseconds = 1000;

export const edgeCommands = httpFunction({
  name: 'edge-commands',
  route: 'GET /v1/edge/commands',
  summary:
    'What is to be done at the management controllers of a datacenter. Waits a while where there is ' +
    'nothing yet; asking keeps the lease of the agent that acts there.',
  query: z.object({
    datacenter: DatacenterId,
    /** The process that asks, and the number of its question: a question asked again has the same answer. */
    process: z.string().regex(/^[\w-]{1,64}$/, 'must be 1 to 64 letters, digits, _ or -'),
    ask: z.coerce.number().int().min(0),
    limit: z.coerce.number().int().min(0).max(500).default(100),
    /** Seconds to wait for a command, below the lease's. */
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
    return ok(await answerWithin(asker, wait * 1000, deps));
  },
});

/**
 * Answers when there is a command, or when the time is up; a standby agent hears at the end of it that it still is one.
 */
async function answerWithin(asker: Asker, milliseconds: number, { db, notices }: Deps): Promise<EdgeCommands> {
  const began = performance.now();
  const waited = () => performance.now() - began;
  let wake = () => {};
  let isRung = false;
  const stop = notices.on(commandNotice, (datacenter) => {
    if (datacenter !== undefined && datacenter !== asker.datacenterId) return;
    isRung = true;
    wake();
  });
  try {
    for (;;) {
      isRung = false;
      const isActive = await holdLease(db, asker);
      const waitedMilliseconds = waited();
      const commands = isActive ? await takeCommands(db, asker) : [];
      const left = milliseconds - waited();
      if (commands.length > 0 || left <= 0)
        return { role: isActive ? 'active' : 'standby', leaseSeconds, waitedMilliseconds, commands };
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, isActive ? left : Math.min(left, standbyAgainMilliseconds));
        wake = () => {
          clearTimeout(timer);
          resolve();
        };
        if (isRung) wake();
      });
    }
  } finally {
    stop();
  }
}
