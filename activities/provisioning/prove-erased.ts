import { z } from 'zod';
import { getAsset } from '../../shared/domain/assets/assets.db.ts';
import { eraseDrives } from '../../shared/domain/erasure/erase-drives.ts';
import { hours } from '../../shared/kernel/durations.ts';
import { ServerId } from '../../shared/kernel/ids.ts';
import { move } from '../../shared/saga/move.ts';
import { nothing, step } from '../../shared/saga/step.ts';

/** Erases a server whose drives nobody has vouched for. A factory-new or freshly erased one passes untouched. */
export const proveErased = step({
  name: 'prove-erased',
  input: z.object({ serverId: ServerId }),
  output: z.object({ wasErased: z.boolean() }),
  atMost: hours(48),
  isInterruptible: false,
  run: async ({ serverId }, deps, context) => {
    const { proofs, state } = await getAsset(deps.db, serverId);
    if (proofs.includes('erase-verified')) return { wasErased: state === 'SANITIZING' };
    if (state !== 'SANITIZING') await move(deps, context, serverId, 'erase-needed');
    const erased = await eraseDrives(deps, context, serverId);
    if (erased.outcome !== 'done') return erased;
    await move(deps, context, serverId, 'erased');
    return { wasErased: true };
  },
  undo: nothing('what is erased stays erased'),
});
