import { z } from 'zod';
import { getAsset, type Asset } from '../../shared/domain/assets/assets.db.ts';
import { jobsEndedSince } from '../../shared/domain/edge/image-jobs.db.ts';
import type { Evidence } from '../../shared/domain/proofs/evidence.ts';
import { measuredParts } from '../../shared/domain/proofs/seen.ts';
import { openFindings, stateOf } from '../../shared/domain/validation/findings.db.ts';
import { macOf, physicalPorts } from '../../shared/domain/validation/ports.ts';
import { jsonDigest } from '../../shared/kernel/digest.ts';
import { ServerId } from '../../shared/kernel/ids.ts';
import { voidProofs } from '../../shared/lifecycle/proofs.ts';
import type { Deps } from '../../shared/saga/deps.ts';
import { moveBack, moveByProof } from '../../shared/saga/move.ts';
import { step } from '../../shared/saga/step.ts';
import { validationOf } from './validation-of.ts';

/**
 * The machine is what it should be: the inventory takes over what was measured, the ports it has, and the cables that
 * were proved.
 */
export const acceptValidation = step({
  name: 'accept-validation',
  input: z.object({ serverId: ServerId }),
  output: z.object({}),
  run: async ({ serverId }, deps, context) => {
    const asset = await getAsset(deps.db, serverId);
    const { facts, provedCables, cables } = await validationOf(asset, asset.facts, deps);
    await deps.dcim.recordFacts(serverId, facts);
    await deps.dcim.recordPorts(
      serverId,
      physicalPorts(facts.networkPorts).flatMap(({ name, mac }) => {
        const plain = macOf(mac);
        return plain === undefined ? [] : [{ name, mac: plain }];
      }),
    );
    // The switch proves a network cable, and that the BMC answers proves its own. Power cords nobody can ask: the
    // machine runs, and a technician said so.
    const others = cables.filter(({ kind }) => kind !== 'network').map(({ localPort }) => localPort);
    await deps.dcim.confirmCables(serverId, [...provedCables, ...others]);
    await moveByProof(deps, context, serverId, 'validated', 'validated', {
      ...(await reported(asset, deps)),
      provedCables,
      statedCables: others,
    });
    return {};
  },
  undo: {
    name: 'withdraw-validation',
    run: async ({ serverId }, deps, context) => {
      const { db, clock } = deps;
      await voidProofs(db, clock, serverId, ['validated'], 'the validation is withdrawn', context.origin);
      await moveBack(deps, context, serverId, 'validation-withdrawn');
    },
  },
});

/** What the validation image reported and did, and which findings people let stand. */
async function reported(
  { id, serial, measured, measuredAt }: Asset,
  { db }: Deps,
): Promise<Omit<Evidence<'validated'>, 'provedCables' | 'statedCables'>> {
  if (serial === null || !measured || measuredAt === null)
    throw new Error(`The validation image of ${id} has not reported`);
  return {
    serial,
    measuredAt,
    reportSha256: jsonDigest(measured),
    imageJobs: await jobsEndedSince(db, id, measuredAt),
    ...measuredParts(measured),
    waivedFindings: (await openFindings(db, id)).filter((each) => stateOf(each) === 'waived').map((each) => each.id),
  };
}
