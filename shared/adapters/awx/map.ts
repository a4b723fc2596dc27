import type { z } from 'zod';
import { done, pending, refused, type Submitted } from '../../ports/outcome.ts';
import type { Job, Refusal } from './contract.ts';

/** The extra variable by which a job of ours is found again. */
export const correlationVariable = 'rackline_correlation_id';

/** Marks the inventory hosts we made, so that removing one never takes somebody else's. */
export const hostDescription = 'Managed by Rackline';

export const unfinished: readonly string[] = ['new', 'pending', 'waiting', 'running'];

export function correlationOf(job: Job): string | undefined {
  try {
    const variables: unknown = JSON.parse(job.extra_vars ?? '');
    const found =
      typeof variables === 'object' && variables !== null ? Reflect.get(variables, correlationVariable) : undefined;
    return typeof found === 'string' ? found : undefined;
  } catch {
    return undefined; // YAML: launched by a person, not by us.
  }
}

/** A status AWX adds later is waited for: the caller's time limit ends that, and the progress names it. */
export function toOutcome(job: Job): Submitted<{ jobId: string; artifacts: Record<string, unknown> }> {
  const jobId = String(job.id);
  if (job.status === 'successful') return done({ jobId, artifacts: job.artifacts ?? {} });
  if (['failed', 'error', 'canceled'].includes(job.status))
    return refused(`AWX job ${jobId} ended as ${job.status}${job.job_explanation ? `: ${job.job_explanation}` : ''}`);
  return pending({ ticket: jobId, pollAfterSeconds: 10, progress: job.status });
}

export const reasonOf = (answer: z.infer<typeof Refusal>): string =>
  Object.entries(answer)
    .map(([field, complaint]) => `${field}: ${Array.isArray(complaint) ? complaint.join(', ') : String(complaint)}`)
    .join('; ');
