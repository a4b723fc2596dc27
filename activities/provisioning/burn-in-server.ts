import { z } from 'zod';
import { getAsset } from '../../shared/domain/assets/assets.db.ts';
import { eraseDrives } from '../../shared/domain/erasure/erase-drives.ts';
import { prove } from '../../shared/domain/proofs/proofs.db.ts';
import { erasureSeen, playbookRun } from '../../shared/domain/proofs/seen.ts';
import { hours } from '../../shared/kernel/durations.ts';
import { ServerId } from '../../shared/kernel/ids.ts';
import { voidProofs } from '../../shared/lifecycle/proofs.ts';
import { moveByProof } from '../../shared/saga/move.ts';
import { step } from '../../shared/saga/step.ts';

const template = 'burn-in';

/**
 * Loads processors, memory and drives until weak parts show. It writes on the drives, so taking it back erases them.
 */
export const burnInServer = step({
  name: 'burn-in-server',
  input: z.object({ serverId: ServerId }),
  output: z.object({ jobId: z.string() }),
  atMost: hours(30),
  run: async ({ serverId }, deps, context) => {
    const { serial } = await getAsset(deps.db, serverId);
    if (!serial) throw new Error(`${serverId} has no serial number`);
    const job = await deps.automation.runPlaybook({
      template,
      host: serial,
      correlationId: context.idempotencyKey,
      variables: { server_id: serverId },
      ...(context.ticket !== undefined && { ticket: context.ticket }),
    });
    if (job.outcome === 'pending') return { ...job, waitingFor: 'the burn-in' };
    if (job.outcome === 'refused') return job;
    await moveByProof(deps, context, serverId, 'burned-in', 'burned-in', playbookRun(template, serial, job));
    return { jobId: job.jobId };
  },
  undo: {
    name: 'wipe-server',
    run: async ({ serverId }, deps, context) => {
      const { db, clock } = deps;
      await voidProofs(db, clock, serverId, ['burned-in'], 'the burn-in is taken back', context.origin);
      const { serial } = await getAsset(db, serverId);
      if (!serial) return undefined;
      const { wasLaunched } = await deps.automation.cancel({
        template,
        host: serial,
        correlationId: context.idempotencyKey,
      });
      if (!wasLaunched) return undefined;
      const erased = await eraseDrives(deps, context, serverId);
      if (erased.outcome !== 'done') return erased;
      await prove(db, clock, serverId, 'erase-verified', erasureSeen({ serial }, erased), context);
      return undefined;
    },
  },
});
