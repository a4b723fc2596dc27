import { z } from 'zod';
import { getAsset } from '../../shared/domain/assets/assets.db.ts';
import { eraseDrives } from '../../shared/domain/erasure/erase-drives.ts';
import { proofsOf, prove } from '../../shared/domain/proofs/proofs.db.ts';
import { erasureSeen, seenFactoryNew } from '../../shared/domain/proofs/seen.ts';
import { hours } from '../../shared/kernel/durations.ts';
import { ServerId } from '../../shared/kernel/ids.ts';
import { noDataLeft } from '../../shared/lifecycle/proof-kinds.ts';
import { move, moveByProof } from '../../shared/saga/move.ts';
import { nothing, step } from '../../shared/saga/step.ts';

/** Erases a server whose drives nobody has vouched for. A factory-new or freshly erased one passes untouched. */
export const proveErased = step({
  name: 'prove-erased',
  input: z.object({ serverId: ServerId }),
  output: z.object({ wasErased: z.boolean() }),
  atMost: hours(48),
  isInterruptible: false,
  run: async ({ serverId }, deps, context) => {
    const { db, clock } = deps;
    const asset = await getAsset(db, serverId);
    const before = await proofsOf(db, serverId);
    if (before.some(({ kind, voided }) => voided === null && noDataLeft.some((each) => each === kind)))
      return { wasErased: false };
    const factoryNew = seenFactoryNew(asset, before);
    if (factoryNew) {
      await prove(db, clock, serverId, 'factory-new', factoryNew, context);
      return { wasErased: false };
    }
    if (asset.state !== 'SANITIZING') await move(deps, context, serverId, 'erase-needed');
    const erased = await eraseDrives(deps, context, serverId);
    if (erased.outcome !== 'done') return erased;
    await moveByProof(deps, context, serverId, 'erased', 'erase-verified', erasureSeen(asset, erased));
    return { wasErased: true };
  },
  undo: nothing('what is erased stays erased'),
});
