import { z } from 'zod';
import { getAsset } from '../../shared/domain/assets/assets.db.ts';
import { eraseDrives } from '../../shared/domain/erasure/erase-drives.ts';
import { hours } from '../../shared/kernel/durations.ts';
import { ServerId } from '../../shared/kernel/ids.ts';
import { move } from '../../shared/saga/move.ts';
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
    await move(deps, context, serverId, 'burned-in');
    return { jobId: job.jobId };
  },
  undo: {
    name: 'wipe-server',
    run: async ({ serverId }, deps, context) => {
      const { serial } = await getAsset(deps.db, serverId);
      if (!serial) return undefined;
      const { wasLaunched } = await deps.automation.cancel({
        template,
        host: serial,
        correlationId: context.idempotencyKey,
      });
      if (!wasLaunched) return undefined;
      const erased = await eraseDrives(deps, context, serverId);
      return erased.outcome === 'done' ? undefined : erased;
    },
  },
});
