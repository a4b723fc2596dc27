import { z } from 'zod';
import { ImageWork, type WorkResult } from '../../shared/facts/image-work.ts';

/**
 * The order as the image reads it from `GET …/work`: `key=value` lines. An empty body means: nothing to do now.
 * `address`: where a link test sends packets if the order does not say.
 */
export function orderText(work: ImageWork, address?: string): string {
  const whole = work.kind === 'link-test' && address !== undefined ? { target: address, ...work } : work;
  const fields = Object.entries(ImageWork.parse(whole)).flatMap(([key, value]): [string, string | number][] =>
    Array.isArray(value) ? value.map((serial) => ['drive', serial]) : [[key, value]],
  );
  return `${fields.map(([key, value]) => `${key}=${value}`).join('\n')}\n`;
}

/** What the image posts to `…/work/{id}`: now and then while it works, and again until taken when it is through. */
export const WorkProgress = z.object({
  state: z.enum(['running', 'done', 'failed']),
  percent: z.number().int().min(0).max(100),
  results: z
    .base64()
    .max(2_000_000)
    .transform((text) => resultsOf(Buffer.from(text, 'base64').toString('utf8'))),
});
export type WorkProgress = z.infer<typeof WorkProgress>;

/** As many as a machine has processors, ports and drives; and no more of the evidence than a person reads. */
const [mostResults, longestSubject, longestEvidence] = [1024, 128, 500];

function resultsOf(text: string): WorkResult[] {
  return text
    .split('\n')
    .filter(Boolean)
    .slice(0, mostResults)
    .map((line) => {
      const [subject = '', outcome = '', ...evidence] = line.split('\t');
      // A word we do not know is not a success.
      return {
        subject: subject.slice(0, longestSubject),
        outcome: outcome === 'passed' || outcome === 'erased' ? outcome : 'failed',
        evidence: evidence.join(' ').slice(0, longestEvidence),
      };
    });
}
