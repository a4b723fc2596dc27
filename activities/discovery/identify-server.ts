import { z } from 'zod';
import { getAsset, recordFacts } from '../../shared/db/assets.ts';
import { bmcOf } from '../../shared/bmc-access.ts';
import { ServerId } from '../../shared/ids.ts';
import { setCondition } from '../../shared/lifecycle/apply.ts';
import { move, moveBack } from '../../shared/lifecycle/move.ts';
import { refused, step } from '../../shared/saga/step.ts';

/** Asks the machine who it is. An address proves nothing: the serial number has to be the one on the ship notice. */
export const identifyServer = step({
  name: 'identify-server',
  input: z.object({ serverId: ServerId }),
  output: z.object({ serial: z.string(), model: z.string().nullable() }),
  run: async ({ serverId }, world, context) => {
    const asset = await getAsset(world.db, serverId);
    const facts = await world.bmc.readFacts(bmcOf(asset));
    const { serial, model } = facts.identity;
    if (serial !== asset.serial) {
      await setCondition(world.db, world.clock, serverId, 'quarantined', { because: 'serial number', expected: asset.serial, found: serial ?? null });
      return refused(`the machine at ${asset.bmcAddress} says its serial number is ${serial ?? 'unknown'}, not ${asset.serial}`);
    }
    await recordFacts(world.db, world.clock, serverId, facts);
    await move(world, context, serverId, 'identified');
    return { serial, model: model ?? null };
  },
  undo: {
    name: 'withdraw-identity',
    run: async ({ serverId }, world, context) => {
      await moveBack(world, context, serverId, 'identity-withdrawn');
      await recordFacts(world.db, world.clock, serverId, null);
    },
  },
});
