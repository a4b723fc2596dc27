import { z } from 'zod';
import { bmcOf } from '../../shared/bmc-access.ts';
import { hours } from '../../shared/clock.ts';
import { getAsset } from '../../shared/db/assets.ts';
import { ServerId } from '../../shared/ids.ts';
import { move } from '../../shared/lifecycle/move.ts';
import { nothing, refused, step } from '../../shared/saga/step.ts';

/** Erases a server whose drives nobody has vouched for. A factory-new or freshly erased one passes untouched. */
export const proveErased = step({
  name: 'prove-erased',
  input: z.object({ serverId: ServerId }),
  output: z.object({ wasErased: z.boolean() }),
  atMost: hours(48),
  isInterruptible: false,
  run: async ({ serverId }, world, context) => {
    const asset = await getAsset(world.db, serverId);
    if (asset.proofs.includes('erase-verified')) return { wasErased: asset.state === 'SANITIZING' };
    if (asset.state !== 'SANITIZING') await move(world, context, serverId, 'erase-needed');
    const target = bmcOf(asset);
    // While the host is off nothing can be written: an erasure whose answer was lost still counts when we look again.
    if (context.ticket === undefined && (await world.bmc.readPower(target)) !== 'off') await world.bmc.setPower(target, { action: 'off' });
    const erase = await world.bmc.eraseDrives(target, context.ticket === undefined ? {} : { ticket: context.ticket });
    if (erase.outcome === 'pending') return { ...erase, waitingFor: 'the drives to be erased' };
    if (erase.outcome === 'refused') return erase;
    const unproven = erase.drives.filter(({ isVerified }) => !isVerified).map(({ serial }) => serial);
    if (unproven.length > 0) return refused(`no proof that these drives are erased: ${unproven.join(', ')}`);
    await move(world, context, serverId, 'erased');
    return { wasErased: true };
  },
  undo: nothing('what is erased stays erased'),
});
