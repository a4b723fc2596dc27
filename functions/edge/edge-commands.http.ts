import { commandNotice, holdLease, takeCommands, type Asker } from '../../shared/domain/edge/commands.db.ts';
import type { EdgeCommands } from '../../shared/domain/edge/edge.api.ts';
import { uplinkApi, leaseSeconds } from '../../shared/domain/edge/uplink.api.ts';
import { httpFunction } from '../../shared/http/http-function.ts';
import { notFound, ok } from '../../shared/http/reply.ts';
import type { Deps } from '../../shared/saga/deps.ts';

const standbyAgainMilliseconds = 1000;

export const edgeCommands = httpFunction(
  uplinkApi.commands,
  async ({ caller, query: { datacenter, process, ask, limit, wait } }, deps) => {
    if (!caller.may('edge:command', { datacenterId: datacenter })) throw notFound('datacenter', datacenter);
    const asker = { datacenterId: datacenter, agentId: caller.name, ask: { process, number: ask }, limit };
    return ok(await answerWithin(asker, wait * 1000, deps));
  },
);

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
