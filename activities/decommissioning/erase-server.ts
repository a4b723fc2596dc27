import { z } from 'zod';
import { getAsset } from '../../shared/domain/assets/assets.db.ts';
import { recordErased } from '../../shared/domain/decommissions/decommissions.db.ts';
import { eraseDrives } from '../../shared/domain/erasure/erase-drives.ts';
import { prove } from '../../shared/domain/proofs/proofs.db.ts';
import { erasureSeen } from '../../shared/domain/proofs/seen.ts';
import { hours } from '../../shared/kernel/durations.ts';
import { DecommissionId, ServerId } from '../../shared/kernel/ids.ts';
import { move } from '../../shared/saga/move.ts';
import { nothing, step } from '../../shared/saga/step.ts';

/**
 * Erases every drive and has it proved drive by drive: the certificate is that proof. A drive without proof stops
 * everything.
 */
export const eraseServer = step({
  name: 'erase-server',
  input: z.object({ decommissionId: DecommissionId, serverId: ServerId }),
  output: z.object({ drives: z.number().int() }),
  atMost: hours(48),
  isInterruptible: false,
  run: async ({ decommissionId, serverId }, deps, context) => {
    const { db, clock } = deps;
    const erased = await eraseDrives(deps, context, serverId);
    if (erased.outcome !== 'done') return erased;
    const seen = erasureSeen(await getAsset(db, serverId), erased);
    await db.transaction(async (tx) => {
      const proofId = await prove(tx, clock, serverId, 'erase-verified', seen, context);
      await recordErased(tx, clock, decommissionId, proofId);
      await move({ db: tx, clock }, context, serverId, 'erased-for-disposal');
    });
    return { drives: seen.drives.filter(({ outcome }) => outcome === 'erased').length };
  },
  undo: nothing('what is erased stays erased'),
});
