import { z } from 'zod';
import { getAsset } from '../../shared/domain/assets/assets.db.ts';
import { playbookRun } from '../../shared/domain/proofs/seen.ts';
import { hours } from '../../shared/kernel/durations.ts';
import { ServerId } from '../../shared/kernel/ids.ts';
import { voidProofs } from '../../shared/lifecycle/proofs.ts';
import { moveByProof } from '../../shared/saga/move.ts';
import { step } from '../../shared/saga/step.ts';

const template = 'harden-server';

/** Runs the hardening playbook against the server; a failed rule refuses. */
export const hardenServer = step({
  name: 'harden-server',
  input: z.object({ serverId: ServerId }),
  output: z.object({ jobId: z.string() }),
  atMost: hours(4),
  run: async ({ serverId }, deps, context) => {
    const asset = await getAsset(deps.db, serverId);
    if (!asset.serial || !asset.bmcAddress) throw new Error(`${serverId} has no serial number or BMC address`);
    const job = await deps.automation.runPlaybook({
      template,
      host: asset.serial,
      correlationId: context.idempotencyKey,
      variables: { bmc_address: asset.bmcAddress, server_id: serverId },
      ...(context.ticket !== undefined && { ticket: context.ticket }),
    });
    if (job.outcome === 'pending') return { ...job, waitingFor: 'the hardening playbook' };
    if (job.outcome === 'refused') return job;
    await moveByProof(deps, context, serverId, 'hardened', 'hardened', playbookRun(template, asset.serial, job));
    return { jobId: job.jobId };
  },
  undo: {
    name: 'stop-hardening',
    run: async ({ serverId }, { db, clock, automation }, context) => {
      await voidProofs(db, clock, serverId, ['hardened'], 'the hardening is taken back', context.origin);
      const { serial } = await getAsset(db, serverId);
      if (!serial) return;
      await automation.cancel({ template, host: serial, correlationId: context.idempotencyKey });
      await automation.removeHost(serial);
    },
  },
});
