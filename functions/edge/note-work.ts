import type { Asset } from '../../shared/domain/assets/assets.db.ts';
import type { EdgeReport } from '../../shared/domain/edge/edge.api.ts';
import { findImageWork, recordImageWork } from '../../shared/domain/edge/image-work.db.ts';
import { hasEnded } from '../../shared/facts/image-work.ts';
import type { Deps } from '../../shared/saga/deps.ts';
import { assetNamed, observe } from './observed.ts';

type Progress = Extract<EdgeReport, { kind: 'work-progress' }>;

/** How far a validation image is with its work. Whoever waits for it is woken when it ends. */
export async function noteWork(progress: Progress, deps: Deps): Promise<Asset[]> {
  const { orderId, work, state, percent, results, at, datacenter } = progress;
  const asset = await assetNamed(deps.db, progress, progress.serverId);
  if (!asset) {
    deps.log.unknownMachine({ reason: `work ${orderId} of ${progress.serverId} from ${datacenter}` });
    return [];
  }
  await recordImageWork(deps.db, {
    id: orderId,
    serverId: asset.id,
    datacenterId: datacenter,
    kind: work,
    state,
    percent,
    results,
    at,
  });
  if (!hasEnded(state)) return [];
  // A second agent calls off what the first has done: its word is not how it ended.
  if ((await findImageWork(deps.db, orderId))?.state !== state) return [asset];
  const failed = results
    .filter(({ outcome }) => outcome === 'failed')
    .map(({ subject, evidence }) => `${subject}: ${evidence}`);
  await observe(
    progress,
    asset,
    orderId,
    {
      kind: 'work',
      what:
        `The ${work} in the validation image is ` +
        `${state}${failed.length > 0 ? `. ${failed.slice(0, 5).join('; ')}` : ''}.`,
      detail: { orderId, work, state, parts: results.length, failed: failed.length },
    },
    deps,
  );
  return [asset];
}
