import type { Database } from '../../kernel/database/database.ts';
import type { Notices } from '../../kernel/database/notices.ts';
import { Signal } from '../../kernel/signal.ts';
import { commandNotice, holdLease, takeCommands, type Asker } from './commands.db.ts';
import type { EdgeCommands } from './edge.api.ts';
import { leaseSeconds } from './uplink.api.ts';

/** How soon a standby agent tries again to get the lease of its datacenter. */
const standbyRetryMilliseconds = 1000;

/**
 * Answers an agent as soon as there is a command for it, and otherwise after `milliseconds`. Asking takes or keeps the
 * lease of the datacenter; while another agent has it, the answer is `standby`, without commands.
 */
export async function awaitCommands(
  asker: Asker,
  milliseconds: number,
  { db, notices }: { db: Database; notices: Notices },
): Promise<EdgeCommands> {
  const began = performance.now();
  const waited = () => performance.now() - began;
  const issued = new Signal();
  const unsubscribe = notices.on(commandNotice, (datacenter) => {
    if (datacenter === undefined || datacenter === asker.datacenterId) issued.notify();
  });
  try {
    for (;;) {
      const isActive = await holdLease(db, asker);
      const waitedMilliseconds = waited();
      const commands = isActive ? await takeCommands(db, asker) : [];
      const left = milliseconds - waited();
      if (commands.length > 0 || left <= 0)
        return { role: isActive ? 'active' : 'standby', leaseSeconds, waitedMilliseconds, commands };
      await issued.wait({ atMostMilliseconds: isActive ? left : Math.min(left, standbyRetryMilliseconds) });
    }
  } finally {
    unsubscribe();
  }
}
