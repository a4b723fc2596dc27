import { z } from 'zod';
import { allocatePlace } from '../../activities/receiving/allocate-place.ts';
import { cableServer } from '../../activities/receiving/cable-server.ts';
import { planCables } from '../../activities/receiving/plan-cables.ts';
import { rackServer } from '../../activities/receiving/rack-server.ts';
import { ServerId } from '../../shared/kernel/ids.ts';
import { defineSaga } from '../../shared/saga/define-saga.ts';

/**
 * Guarantees: the server hangs in the rack units and on the ports that were reserved for it.
 * Leaves behind on failure: the server on its shelf, the units and ports free.
 * Started by: deploy-server.
 */
export const installServer = defineSaga({
  name: 'install-server',
  input: z.object({ serverId: ServerId }),
  about: ({ serverId }) => ({ serverId }),
  *story(saga, { serverId }) {
    yield* saga.step(allocatePlace, { serverId });
    yield* saga.step(rackServer, { serverId });
    yield* saga.step(planCables, { serverId });
    yield* saga.step(cableServer, { serverId });
    return { serverId };
  },
});
