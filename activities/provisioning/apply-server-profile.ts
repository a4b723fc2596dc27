import { z } from 'zod';
import { getAsset } from '../../shared/domain/assets/assets.db.ts';
import { hours } from '../../shared/kernel/durations.ts';
import { ServerId } from '../../shared/kernel/ids.ts';
import { voidProofs } from '../../shared/lifecycle/proofs.ts';
import { moveByProof } from '../../shared/saga/move.ts';
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
    const profile = tool && asset.serial ? template : null;
    await moveByProof(deps, context, serverId, 'profile-applied', 'profile-applied', {
      tool: profile === null ? null : (tool?.product ?? null),
      profile,
      serial: asset.serial,
    });
    return { template: profile };
  },
  undo: {
    name: 'remove-server-profile',
    run: async ({ serverId }, deps, context) => {
      const { db, clock } = deps;
      await voidProofs(db, clock, serverId, ['profile-applied'], 'the profile is removed', context.origin);
      const asset = await getAsset(deps.db, serverId);
      if (asset.serial) await vendorToolOf(deps, asset)?.removeProfile(asset.serial);
    },
  },
});

const inWords = (profile: { template: string; isCompliant: boolean } | undefined): string =>
  profile ? `${profile.template}, ${profile.isCompliant ? 'compliant' : 'not compliant'}` : 'no profile';
