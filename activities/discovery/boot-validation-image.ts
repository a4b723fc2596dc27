import { z } from 'zod';
import { minutes } from '../../shared/clock.ts';
import { bmcOf } from '../../shared/bmc-access.ts';
import { getAsset, recordInventory } from '../../shared/db/assets.ts';
import { ServerId } from '../../shared/ids.ts';
import { pending, step } from '../../shared/saga/step.ts';

const recheckSeconds = 120;

/** Starts the validation image from the network, once, and waits for what it finds on the machine itself. */
export const bootValidationImage = step({
  name: 'boot-validation-image',
  input: z.object({ serverId: ServerId }),
  output: z.object({ inventoryAt: z.string() }),
  atMost: minutes(60),
  run: async ({ serverId }, world, context) => {
    const { db, bmc, clock } = world;
    const asset = await getAsset(db, serverId);
    // The ticket says since when we wait: an inventory of an earlier boot does not count.
    if (context.ticket !== undefined && asset.inventoryAt && Date.parse(asset.inventoryAt) >= Number(context.ticket)) return { inventoryAt: asset.inventoryAt };
    const target = await bmcOf(world, asset);
    if (context.ticket === undefined) {
      await recordInventory(db, clock, serverId, null);
      await bmc.bootOnceFromNetwork(target);
      await bmc.setPower(target, (await bmc.readPower(target)) === 'off' ? 'on' : 'restart');
    } else if ((await bmc.readPower(target)) === 'off') {
      await bmc.setPower(target, 'on'); // a reset that was lost
    }
    return pending({ ticket: context.ticket ?? String(context.at), pollAfterSeconds: recheckSeconds, pace: 'woken', waitingFor: 'the validation image to report' });
  },
  undo: {
    name: 'stop-validation-image',
    run: async ({ serverId }, world) => {
      const asset = await getAsset(world.db, serverId);
      await recordInventory(world.db, world.clock, serverId, null);
      if (!asset.bmcAddress) return;
      const target = await bmcOf(world, asset);
      await world.bmc.clearBootOverride(target);
      await world.bmc.setPower(target, 'off');
    },
  },
});
