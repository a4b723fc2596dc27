import { z } from 'zod';
import { getAsset } from '../../shared/domain/assets/assets.db.ts';
import { setDecommissionState, getDecommission } from '../../shared/domain/decommissions/decommissions.db.ts';
import { days } from '../../shared/kernel/durations.ts';
import { DecommissionId, ServerId } from '../../shared/kernel/ids.ts';
import { askPerson } from '../../shared/saga/ask-person.ts';
import { nothing, step } from '../../shared/saga/step.ts';

/** Has a technician take the server out of its rack and put it where its disposition says. */
export const removeServer = step({
  name: 'remove-server',
  input: z.object({ decommissionId: DecommissionId, serverId: ServerId }),
  output: z.object({}),
  atMost: days(7),
  run: async ({ decommissionId, serverId }, deps, context) => {
    const [asset, { disposition }] = [
      await getAsset(deps.db, serverId),
      await getDecommission(deps.db, decommissionId),
    ];
    const answer = await askPerson(deps, context, {
      kind: 'remove',
      datacenterId: asset.datacenterId,
      serverId,
      withinMilliseconds: days(2),
      title: `Remove ${asset.serial} from ${asset.rackName}, unit ${asset.rackUnit}`,
      instructions: [
        'Power it off and pull the power cords, then all other cables.',
        `Take serial ${asset.serial} out of rack ${asset.rackName}, unit ${asset.rackUnit}.`,
        `Put it to the goods to be ${disposition}.`,
      ],
    });
    if (answer.outcome === 'pending') return answer;
    await setDecommissionState(deps.db, deps.clock, decommissionId, 'removed');
    return {};
  },
  undo: nothing('past the point of no return'),
});
