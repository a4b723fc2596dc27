import { z } from 'zod';
import { forgetBmc, getAsset } from '../../shared/domain/assets/assets.db.ts';
import { days } from '../../shared/kernel/durations.ts';
import { ServerId } from '../../shared/kernel/ids.ts';
import { askPerson, callOff } from '../../shared/saga/ask-person.ts';
import { move, moveBack } from '../../shared/saga/move.ts';
import { step } from '../../shared/saga/step.ts';

const cableWithin = days(1);

/** Has a technician plug in the planned cables, power last. Taking it back has them pulled, power first. */
export const cableServer = step({
  name: 'cable-server',
  input: z.object({ serverId: ServerId }),
  output: z.object({}),
  atMost: days(7),
  run: async ({ serverId }, deps, context) => {
    const asset = await getAsset(deps.db, serverId);
    const cables = await deps.dcim.readCables(serverId);
    const answer = await askPerson(deps, context, {
      kind: 'cable',
      datacenterId: asset.datacenterId,
      serverId,
      orderId: asset.orderId,
      withinMilliseconds: cableWithin,
      title: `Cable ${asset.serial} in ${asset.rackName}, unit ${asset.rackUnit}`,
      instructions: [...cables]
        .sort((a, b) => Number(a.kind === 'power') - Number(b.kind === 'power'))
        .map(
          ({ kind, localPort, peerDevice, peerPort }) =>
            `Plug ${localPort} into ${peerDevice}, port ${peerPort} (${kind}).`,
        ),
    });
    if (answer.outcome === 'pending') return answer;
    await move(deps, context, serverId, 'cabled');
    return {};
  },
  undo: {
    name: 'uncable-server',
    run: async ({ serverId }, deps, context) => {
      const { wasDone } = await callOff(deps, context);
      if (!wasDone) return undefined;
      const asset = await getAsset(deps.db, serverId);
      const answer = await askPerson(deps, context, {
        kind: 'uncable',
        about: 'undo',
        datacenterId: asset.datacenterId,
        serverId,
        orderId: asset.orderId,
        withinMilliseconds: cableWithin,
        title: `Pull the cables of ${asset.serial} in ${asset.rackName}, unit ${asset.rackUnit}`,
        instructions: [`Pull the power cords of serial ${asset.serial}, then all other cables.`],
      });
      if (answer.outcome === 'pending') return answer;
      // until the cables were pulled it could ask for an address again
      await forgetBmc(deps.db, deps.clock, serverId);
      return moveBack(deps, context, serverId, 'uncabled');
    },
  },
});
