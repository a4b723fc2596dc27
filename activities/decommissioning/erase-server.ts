import { z } from 'zod';
import { getAsset } from '../../shared/domain/assets/assets.db.ts';
import { certificateOf } from '../../shared/domain/erasure/certificate.ts';
import { eraseDrives } from '../../shared/domain/erasure/erase-drives.ts';
import { erasureSeen } from '../../shared/domain/proofs/seen.ts';
import { isoTime } from '../../shared/kernel/clock.ts';
import { hours } from '../../shared/kernel/durations.ts';
import { DecommissionId, ServerId } from '../../shared/kernel/ids.ts';
import { moveByProof } from '../../shared/saga/move.ts';
import { nothing, step } from '../../shared/saga/step.ts';

/**
 * Erases every drive, has it proved drive by drive, and writes the certificate. A drive without proof stops everything.
 */
export const eraseServer = step({
  name: 'erase-server',
  input: z.object({ decommissionId: DecommissionId, serverId: ServerId }),
  output: z.object({ drives: z.number().int() }),
  atMost: hours(48),
  isInterruptible: false,
  run: async ({ decommissionId, serverId }, deps, context) => {
    const erased = await eraseDrives(deps, context, serverId);
    if (erased.outcome !== 'done') return erased;
    const asset = await getAsset(deps.db, serverId);
    const erasedAt = isoTime(deps.clock.now());
    const certificate = certificateOf(erased.erasure, {
      serverId,
      serial: asset.serial,
      erasedAt,
      sagaId: context.sagaId,
    });
    await deps.db.run(
      "UPDATE decommission SET certificate = COALESCE(certificate, $2), state = 'erased', updated_at = $3 " +
        'WHERE id = $1',
      [decommissionId, JSON.stringify(certificate), erasedAt],
    );
    await moveByProof(deps, context, serverId, 'erased-for-disposal', 'erase-verified', erasureSeen(asset, erased));
    return { drives: certificate.drives.length };
  },
  undo: nothing('what is erased stays erased'),
});
