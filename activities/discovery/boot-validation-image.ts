import { z } from 'zod';
import { minutes } from '../../shared/clock.ts';
import { bmcOf } from '../../shared/bmc-access.ts';
import { getAsset, recordInventory } from '../../shared/db/assets.ts';
import { ServerId } from '../../shared/ids.ts';
import { pending, step } from '../../shared/saga/step.ts';

const recheckSeconds = 120;
/** A machine that has not reported after so many looks is started again: the boot was interrupted, or missed the network. */
const looksPerBoot = 8;

/** Starts the validation image from the network, once, and waits for what it finds on the machine itself. */
export const bootValidationImage = step({
  name: 'boot-validation-image',
  input: z.object({ serverId: ServerId }),
  output: z.object({ inventoryAt: z.string() }),
  atMost: minutes(60),
  run: async ({ serverId }, world, context) => {
    const { db, bmc, clock } = world;
    const asset = await getAsset(db, serverId);
    const waiting = readTicket(context.ticket);
    // An inventory of an earlier boot does not count.
    if (waiting && asset.inventoryAt && Date.parse(asset.inventoryAt) >= waiting.since) return { inventoryAt: asset.inventoryAt };
    const target = bmcOf(asset);
    const { since, looks } = waiting ?? { since: context.at, looks: 0 };
    if (!waiting) await recordInventory(db, clock, serverId, null);
    if (looks % looksPerBoot === 0) {
      await bmc.bootOnceFromNetwork(target);
      await bmc.setPower(target, { action: (await bmc.readPower(target)) === 'off' ? 'on' : 'restart' });
    } else if ((await bmc.readPower(target)) === 'off') {
      await bmc.setPower(target, { action: 'on' }); // a reset that was lost
    }
    return pending({ ticket: `${since}/${looks + 1}`, pollAfterSeconds: recheckSeconds, waitingFor: 'the validation image to report' });
  },
  undo: {
    name: 'stop-validation-image',
    run: async ({ serverId }, world) => {
      const asset = await getAsset(world.db, serverId);
      await recordInventory(world.db, world.clock, serverId, null);
      if (!asset.bmcAddress) return;
      const target = bmcOf(asset);
      await world.bmc.clearBootOverride(target);
      await world.bmc.setPower(target, { action: 'off' });
    },
  },
});

/** Since when we wait, and how often we have looked. */
function readTicket(ticket: string | undefined): { since: number; looks: number } | undefined {
  if (ticket === undefined) return undefined;
  const [since, looks] = ticket.split('/').map(Number);
  return { since: since ?? 0, looks: looks ?? 1 };
}
