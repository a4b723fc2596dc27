import { z } from 'zod';
import { getAsset } from '../../shared/domain/assets/assets.db.ts';
import { hours } from '../../shared/kernel/durations.ts';
import { ServerId } from '../../shared/kernel/ids.ts';
import { move } from '../../shared/saga/move.ts';
import { refused, step } from '../../shared/saga/step.ts';
import { vendorToolOf } from '../../shared/saga/vendor-tool-of.ts';

const template = 'rackline-standard';

/** Applies the model's profile in the vendor tool and reads back that it is in force. */
export const applyServerProfile = step({
  name: 'apply-server-profile',
  input: z.object({ serverId: ServerId }),
  output: z.object({ template: z.string().nullable() }),
  atMost: hours(2),
  run: async ({ serverId }, deps, context) => {
    const asset = await getAsset(deps.db, serverId);
    const tool = vendorToolOf(deps, asset);
    if (tool && asset.serial) {
      const applied = await tool.applyProfile(asset.serial, {
        template,
        ...(context.ticket !== undefined && { ticket: context.ticket }),
      });
      if (applied.outcome === 'pending') return { ...applied, waitingFor: `${tool.product} to apply ${template}` };
      if (applied.outcome === 'refused') return applied;
      const inForce = await tool.readProfile(asset.serial);
      if (inForce?.template !== template || !inForce.isCompliant)
        return refused(`${tool.product} reports ${inWords(inForce)} instead of ${template}`);
    }
    await move(deps, context, serverId, 'profile-applied');
    return { template: tool ? template : null };
  },
  undo: {
    name: 'remove-server-profile',
    run: async ({ serverId }, deps) => {
      const asset = await getAsset(deps.db, serverId);
      if (asset.serial) await vendorToolOf(deps, asset)?.removeProfile(asset.serial);
    },
  },
});

const inWords = (profile: { template: string; isCompliant: boolean } | undefined): string =>
  profile ? `${profile.template}, ${profile.isCompliant ? 'compliant' : 'not compliant'}` : 'no profile';
