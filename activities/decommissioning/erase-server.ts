import { z } from 'zod';
import { bmcOf } from '../../shared/bmc-access.ts';
import { hours, isoTime } from '../../shared/clock.ts';
import { getAsset } from '../../shared/db/assets.ts';
import { DecommissionId, ServerId } from '../../shared/ids.ts';
import { move } from '../../shared/lifecycle/move.ts';
import { nothing, refused, step } from '../../shared/saga/step.ts';

/** Erases every drive, has it proved drive by drive, and writes the certificate. A drive without proof stops everything. */
export const eraseServer = step({
  name: 'erase-server',
  input: z.object({ decommissionId: DecommissionId, serverId: ServerId }),
  output: z.object({ drives: z.number().int() }),
  atMost: hours(48),
  isInterruptible: false,
  run: async ({ decommissionId, serverId }, world, context) => {
    const { db, bmc, clock } = world;
    const asset = await getAsset(db, serverId);
    const target = bmcOf(asset);
    const present = await bmc.listDrives(target);
    const erase = await bmc.eraseDrives(target, context.ticket === undefined ? {} : { ticket: context.ticket });
    if (erase.outcome === 'pending') return { ...erase, waitingFor: `${present.length} drives to be erased` };
    if (erase.outcome === 'refused') return erase;
    const missing = present.filter(({ serial }) => !erase.drives.some((drive) => drive.serial === serial && drive.isVerified)).map(({ serial, name }) => serial ?? name);
    if (missing.length > 0) return refused(`no proof that these drives are erased: ${missing.join(', ')}`);
    const certificate = { serverId, serial: asset.serial, standard: 'NIST SP 800-88 Rev. 2, purge', erasedAt: isoTime(clock.now()), sagaId: context.sagaId, drives: erase.drives };
    await db.run("UPDATE decommission SET certificate = COALESCE(certificate, $2), state = 'erased', updated_at = $3 WHERE id = $1", [decommissionId, JSON.stringify(certificate), isoTime(clock.now())]);
    await move(world, context, serverId, 'erased-for-disposal');
    return { drives: erase.drives.length };
  },
  undo: nothing('what is erased stays erased'),
});
