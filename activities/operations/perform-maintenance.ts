import { z } from 'zod';
import { getAsset } from '../../shared/domain/assets/assets.db.ts';
import { days, hours } from '../../shared/kernel/durations.ts';
import { ServerId } from '../../shared/kernel/ids.ts';
import { askPerson, callOff } from '../../shared/saga/ask-person.ts';
import { step } from '../../shared/saga/step.ts';

/** Has the work done by a technician on the spot. */
export const performMaintenance = step({
  name: 'perform-maintenance',
  input: z.object({ serverId: ServerId, reason: z.string() }),
  output: z.object({}),
  atMost: days(2),
  run: async ({ serverId, reason }, deps, context) => {
    const asset = await getAsset(deps.db, serverId);
    const answer = await askPerson(deps, context, {
      kind: 'maintain',
      datacenterId: asset.datacenterId,
      serverId,
      withinMilliseconds: hours(8),
      title: `Maintain ${asset.serial} in ${asset.rackName}, unit ${asset.rackUnit}`,
      instructions: [reason, 'Leave the server powered on and its cables as they were.'],
    });
    return answer.outcome === 'pending' ? answer : {};
  },
  undo: { name: 'stop-maintenance-work', run: async (_input, deps, context) => void (await callOff(deps, context)) },
});
