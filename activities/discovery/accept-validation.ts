import { z } from 'zod';
import { getAsset } from '../../shared/db/assets.ts';
import { ServerId } from '../../shared/ids.ts';
import { move, moveBack } from '../../shared/lifecycle/move.ts';
import { step } from '../../shared/saga/step.ts';

/** The machine is what it should be: the inventory takes over what was measured, and confirms the cables. */
export const acceptValidation = step({
  name: 'accept-validation',
  input: z.object({ serverId: ServerId }),
  output: z.object({}),
  run: async ({ serverId }, world, context) => {
    const { inventory: measured } = await getAsset(world.db, serverId);
    if (!measured) throw new Error(`The validation image of ${serverId} has not reported`);
    await world.inventory.recordFacts(serverId, measured);
    await world.inventory.confirmCables(serverId, (await world.inventory.readCables(serverId)).map(({ localPort }) => localPort));
    await move(world, context, serverId, 'validated');
    return {};
  },
  undo: { name: 'withdraw-validation', run: ({ serverId }, world, context) => moveBack(world, context, serverId, 'validation-withdrawn') },
});
