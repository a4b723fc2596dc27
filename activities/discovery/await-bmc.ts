import { z } from 'zod';
import { getAsset } from '../../shared/domain/assets/assets.db.ts';
import { minutes } from '../../shared/kernel/durations.ts';
import { ServerId } from '../../shared/kernel/ids.ts';
import { move, moveBack } from '../../shared/saga/move.ts';
import { pending, step } from '../../shared/saga/step.ts';

const recheckSeconds = 60; // reading our own books costs nothing; a lost wake costs no more than this

/** Waits until the server's BMC has asked for an address: then it has power, and we know where it answers. */
export const awaitBmc = step({
  name: 'await-bmc',
  input: z.object({ serverId: ServerId }),
  output: z.object({ address: z.string() }),
  atMost: minutes(30),
  run: async ({ serverId }, deps, context) => {
    const { bmcAddress, datacenterId, bmcMac } = await getAsset(deps.db, serverId);
    if (!bmcAddress)
      return pending({
        ticket: 'lease',
        pollAfterSeconds: recheckSeconds,
        pace: 'woken',
        waitingFor: `the BMC ${bmcMac} to ask for an address in ${datacenterId}`,
      });
    await deps.dcim.recordBmcAddress(serverId, bmcAddress);
    await move(deps, context, serverId, 'bmc-answered');
    return { address: bmcAddress };
  },
  undo: {
    name: 'forget-bmc',
    run: async ({ serverId }, deps, context) => {
      await deps.dcim.releaseBmcAddress(serverId);
      await moveBack(deps, context, serverId, 'bmc-forgotten');
    },
  },
});
