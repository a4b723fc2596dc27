import { z } from 'zod';
import { getAsset } from '../../shared/domain/assets/assets.db.ts';
import { recordCertificate } from '../../shared/domain/decommissions/decommissions.db.ts';
import { certificateOf } from '../../shared/domain/erasure/certificate.ts';
import { eraseDrives } from '../../shared/domain/erasure/erase-drives.ts';
import { isoTime } from '../../shared/kernel/clock.ts';
import { hours } from '../../shared/kernel/durations.ts';
import { DecommissionId, ServerId } from '../../shared/kernel/ids.ts';
import { move } from '../../shared/saga/move.ts';
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
    const { serial } = await getAsset(deps.db, serverId);
    const erasedAt = isoTime(deps.clock.now());
    const certificate = certificateOf(erased.erasure, { serverId, serial, erasedAt, sagaId: context.sagaId });
    await recordCertificate(deps.db, deps.clock, decommissionId, certificate);
    await move(deps, context, serverId, 'erased-for-disposal');
    return { drives: certificate.drives.length };
  },
  undo: nothing('what is erased stays erased'),
});
