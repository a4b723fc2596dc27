import { z } from 'zod';
import { getAsset } from '../../shared/domain/assets/assets.db.ts';
import { bmcOf } from '../../shared/domain/credentials/bmc-access.ts';
import { hours } from '../../shared/kernel/durations.ts';
import { ServerId } from '../../shared/kernel/ids.ts';
import { nothing, pending, refused, step } from '../../shared/saga/step.ts';

/** Asks the machine itself whether it is well, after people have worked on it. */
export const verifyHealth = step({
  name: 'verify-health',
  input: z.object({ serverId: ServerId }),
  output: z.object({ health: z.string() }),
  atMost: hours(1),
  run: async ({ serverId }, deps) => {
    const target = bmcOf(await getAsset(deps.db, serverId));
    const { health } = await deps.bmc.readHealth(target);
    if (health === 'critical') return refused('the server reports critical health');
    if ((await deps.bmc.readPower(target)) === 'off')
      return pending({ ticket: 'power', pollAfterSeconds: 60, waitingFor: 'the server to be powered on again' });
    return { health };
  },
  undo: nothing('a look changes nothing'),
});
