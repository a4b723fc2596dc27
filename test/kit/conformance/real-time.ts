import { setTimeout as delay } from 'node:timers/promises';
import type { DurableClient } from '../../../runtime/durable/contract/engine.ts';

/**
 * For an engine that runs by itself: looks again and again whether the condition holds, and gives up with what is
 * running.
 */
export const withinRealTime =
  (client: DurableClient, patienceMilliseconds = 300_000) =>
  async (condition: () => boolean | Promise<boolean>): Promise<void> => {
    for (const deadline = Date.now() + patienceMilliseconds; !(await condition()); await delay(4)) {
      if (Date.now() < deadline) continue;
      const { instances } = await client.query({ statuses: ['Pending', 'Running'] }, { size: 10 });
      const running = instances.map(({ instanceId, name, status }) => `${instanceId} (${name}, ${status})`).join(', ');
      throw new Error(
        `The condition did not come about in ${patienceMilliseconds} ms. Running: ${running || 'nothing'}`,
      );
    }
  };
