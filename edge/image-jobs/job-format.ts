import { z } from 'zod';
import { ImageJob, type JobResult } from '../../shared/facts/image-job.ts';

/**
 * A job as the image reads it from `GET …/job`: `key=value` lines. An empty body means that there is none now.
 * `address`: where a link test sends packets if the job names no target.
 */
export function jobText(job: ImageJob, address?: string): string {
  const whole = job.kind === 'link-test' && address !== undefined ? { target: address, ...job } : job;
  const fields = Object.entries(ImageJob.parse(whole)).flatMap(([key, value]): [string, string | number][] =>
    Array.isArray(value) ? value.map((serial) => ['drive', serial]) : [[key, value]],
  );
  return `${fields.map(([key, value]) => `${key}=${value}`).join('\n')}\n`;
}

/** What the image posts to `…/job/{id}`: now and then while it runs; the end repeatedly, until it is answered. */
export const JobProgress = z.object({
  state: z.enum(['running', 'done', 'failed']),
  percent: z.number().int().min(0).max(100),
  results: z
    .base64()
    .max(2_000_000)
    .transform((text) => resultsOf(Buffer.from(text, 'base64').toString('utf8'))),
});
export type JobProgress = z.infer<typeof JobProgress>;

/** As many as a machine has processors, ports and drives, and evidence as long as a person reads. */
const [mostResults, longestSubject, longestEvidence] = [1024, 128, 500];

function resultsOf(text: string): JobResult[] {
  return text
    .split('\n')
    .filter(Boolean)
    .slice(0, mostResults)
    .map((line) => {
      const [subject = '', outcome = '', ...evidence] = line.split('\t');
      // An unknown word does not count as success.
      return {
        subject: subject.slice(0, longestSubject),
        outcome: outcome === 'passed' || outcome === 'erased' ? outcome : 'failed',
        evidence: evidence.join(' ').slice(0, longestEvidence),
      };
    });
}
