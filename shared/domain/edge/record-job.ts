import { hasEnded, type JobResult } from '../../facts/image-job.ts';
import type { Asset } from '../assets/assets.db.ts';
import type { EdgeReport } from './edge.api.ts';
import { findImageJob, recordImageJob } from './image-jobs.db.ts';
import type { ReportDeps } from './report-deps.ts';
import { addToHistory, reportedServer } from './server-history.ts';

type Progress = Extract<EdgeReport, { kind: 'job-progress' }>;

/** Records the progress of a validation image's job. Answers its server when the job has ended. */
export async function recordJob(progress: Progress, deps: ReportDeps): Promise<Asset[]> {
  const { jobId, jobKind, state, percent, results, at, datacenter } = progress;
  const asset = await reportedServer(deps.db, progress, progress.serverId);
  if (!asset) {
    deps.log.unknownDevice({ reason: `job ${jobId} of ${progress.serverId} from ${datacenter}` });
    return [];
  }
  const row = { id: jobId, serverId: asset.id, datacenterId: datacenter, kind: jobKind, state, percent, results, at };
  await recordImageJob(deps.db, row);
  if (!hasEnded(state)) return [];
  // A standby agent reports a job as cancelled that the active one has finished: the end that was recorded counts.
  if ((await findImageJob(deps.db, jobId))?.state !== state) return [asset];
  const failed = results.filter(({ outcome }) => outcome === 'failed');
  const what = `The ${jobKind} in the validation image is ${state}${listed(failed)}.`;
  const detail = { jobId, jobKind, state, parts: results.length, failed: failed.length };
  await addToHistory(progress, asset, jobId, { kind: 'image-job', what, detail }, deps);
  return [asset];
}

/** As many failures as one reads in a line. */
const listed = (failed: readonly JobResult[]): string =>
  failed.length === 0
    ? ''
    : `. ${failed
        .slice(0, 5)
        .map(({ subject, evidence }) => `${subject}: ${evidence}`)
        .join('; ')}`;
