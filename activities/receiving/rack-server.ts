import { z } from 'zod';
import { getAsset } from '../../shared/domain/assets/assets.db.ts';
import { days } from '../../shared/kernel/durations.ts';
import { ServerId } from '../../shared/kernel/ids.ts';
import { askPerson, callOff } from '../../shared/saga/ask-person.ts';
import { move, moveBack } from '../../shared/saga/move.ts';
import { step } from '../../shared/saga/step.ts';

const rackWithin = days(1);

/** Has a technician mount the server where its place was allocated. Taking it back has it taken out again. */
export const rackServer = step({
  name: 'rack-server',
  input: z.object({ serverId: ServerId }),
  output: z.object({}),
  atMost: days(7),
  run: async ({ serverId }, deps, context) => {
    const asset = await getAsset(deps.db, serverId);
    const answer = await askPerson(deps, context, {
      kind: 'rack',
      datacenterId: asset.datacenterId,
      serverId,
      orderId: asset.orderId,
      withinMilliseconds: rackWithin,
      title: `Rack ${asset.model} ${asset.serial} in ${asset.rackName}, unit ${asset.rackUnit}`,
      instructions: [
        `Fetch ${asset.manufacturer} ${asset.model}, serial ${asset.serial}.`,
        `Mount it in rack ${asset.rackName} with its lowest unit at ${asset.rackUnit}.`,
        'Scan the rack and the server to confirm.',
      ],
    });
    if (answer.outcome === 'pending') return answer;
    await move(deps, context, serverId, 'racked');
    return {};
  },
  undo: {
    name: 'unrack-server',
    run: async ({ serverId }, deps, context) => {
      const { wasDone } = await callOff(deps, context);
      if (!wasDone) return undefined;
      const asset = await getAsset(deps.db, serverId);
      const answer = await askPerson(deps, context, {
        kind: 'unrack',
        about: 'undo',
        datacenterId: asset.datacenterId,
        serverId,
        orderId: asset.orderId,
        withinMilliseconds: rackWithin,
        title: `Take ${asset.serial} out of ${asset.rackName}, unit ${asset.rackUnit}`,
        instructions: [
          `Take serial ${asset.serial} out of rack ${asset.rackName}, unit ${asset.rackUnit}.`,
          'Put it back on the shelf.',
        ],
      });
      if (answer.outcome === 'pending') return answer;
      return moveBack(deps, context, serverId, 'unracked');
    },
  },
});
