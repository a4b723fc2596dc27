import { z } from 'zod';
import { bmcOf } from '../../shared/bmc-access.ts';
import { hours } from '../../shared/clock.ts';
import { getAsset } from '../../shared/db/assets.ts';
import { ServerId } from '../../shared/ids.ts';
import { move } from '../../shared/lifecycle/move.ts';
import { step } from '../../shared/saga/step.ts';

const template = 'burn-in';

/** Loads processors, memory and drives until weak parts show. It writes on the drives, so taking it back erases them. */
export const burnInServer = step({
  name: 'burn-in-server',
  input: z.object({ serverId: ServerId }),
  output: z.object({ jobId: z.string() }),
  atMost: hours(30),
  run: async ({ serverId }, world, context) => {
    const { serial } = await getAsset(world.db, serverId);
    if (!serial) throw new Error(`${serverId} has no serial number`);
    const job = await world.automation.runPlaybook({ template, host: serial, correlationId: context.idempotencyKey, variables: { server_id: serverId }, ...(context.ticket !== undefined && { ticket: context.ticket }) });
    if (job.outcome === 'pending') return { ...job, waitingFor: 'the burn-in' };
    if (job.outcome === 'refused') return job;
    await move(world, context, serverId, 'burned-in');
    return { jobId: job.jobId };
  },
  undo: {
    name: 'wipe-server',
    run: async ({ serverId }, world, context) => {
      const asset = await getAsset(world.db, serverId);
      if (!asset.serial || !asset.bmcAddress) return undefined;
      const { wasLaunched } = await world.automation.cancel({ template, host: asset.serial, correlationId: context.idempotencyKey });
      if (!wasLaunched) return undefined;
      const erase = await world.bmc.eraseDrives(bmcOf(asset), context.ticket === undefined ? {} : { ticket: context.ticket });
      if (erase.outcome === 'pending') return { ...erase, waitingFor: 'the drives to be erased' };
      if (erase.outcome === 'refused') throw new Error(`The drives of ${asset.serial} could not be erased: ${erase.reason}`);
      const unproven = erase.drives.filter(({ isVerified }) => !isVerified).map(({ serial }) => serial);
      if (unproven.length > 0) throw new Error(`Not proved to be erased: ${unproven.join(', ')}`);
      return undefined;
    },
  },
});
