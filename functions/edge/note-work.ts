import type { Asset } from '../../shared/domain/assets/assets.db.ts';
import type { EdgeReport } from '../../shared/domain/edge/edge.api.ts';
import { findImageJob, recordImageJob } from '../../shared/domain/edge/image-jobs.db.ts';
import { hasEnded } from '../../shared/facts/image-job.ts';
import type { Deps } from '../../shared/saga/deps.ts';
import { assetNamed, observe } from './observed.ts';

type Progress = Extract<EdgeReport, { kind: 'job-progress' }>;

/** Records the progress of a validation image's job. The sagas that wait for it are woken when it ends. */
export async function noteJob(progress: Progress, deps: Deps): Promise<Asset[]> {
  const { jobId, jobKind, state, percent, results, at, datacenter } = progress;
  const asset = await assetNamed(deps.db, progress, progress.serverId);
  if (!asset) {
    deps.log.unknownDevice({ reason: `job ${jobId} of ${progress.serverId} from ${datacenter}` });
    return [];
  }
  await recordImageJob(deps.db, {
    id: jobId,
    serverId: asset.id,
    datacenterId: datacenter,
    kind: jobKind,
    state,
    percent,
    results,
    at,
  });
  if (!hasEnded(state)) return [];
  // A standby agent that takes over may report a job as cancelled that the first agent finished: the first end counts.
  if ((await findImageJob(deps.db, jobId))?.state !== state) return [asset];
  const failed = results
    .filter(({ outcome }) => outcome === 'failed')
    .map(({ subject, evidence }) => `${subject}: ${evidence}`);
  await observe(
    progress,
    asset,
    jobId,
    {
      kind: 'image-job',
      what:
        `The ${jobKind} in the validation image is ` +
        `${state}${failed.length > 0 ? `. ${failed.slice(0, 5).join('; ')}` : ''}.`,
      detail: { jobId, jobKind, state, parts: results.length, failed: failed.length },
    },
    deps,
  );
  return [asset];
}
