import { z } from 'zod';
import { findAsset } from '../../shared/domain/assets/assets.db.ts';
import type { Topic } from '../../shared/domain/catalogue.ts';
import { ServerId } from '../../shared/kernel/ids.ts';
import { states } from '../../shared/lifecycle/states.ts';
import { consumer } from '../../shared/saga/consumer.ts';

/**
 * Shows every server's state and condition in the inventory. It wins on physical facts, we win on state: what we say
 * now counts, not what the event said then.
 */
export const mirrorState = consumer({
  name: 'mirror-state',
  topics: [
    ...new Set<Topic>([
      ...Object.values(states).map(({ topic }) => topic),
      'assets.failed',
      'assets.quarantine_lifted',
    ]),
  ],
  data: z.object({ serverId: z.string() }),
  handle: async ({ serverId }, { db, dcim }) => {
    const asset = await findAsset(db, serverId);
    if (asset?.serial)
      await dcim.mirrorState(ServerId.parse(serverId), { state: asset.state, condition: asset.condition });
  },
});
