import { z } from 'zod';

/** A value on one line of an order: the image's shell reads it as it stands. */
const Word = z.string().regex(/^[\w.:-]{1,128}$/, "may have letters, digits, '.', ':', '_' and '-' only");
const Id = z.string().regex(/^[\w-]{1,64}$/, 'must be 1 to 64 letters, digits, _ or -');

/** Work that a booted validation image can be given. */
export const ImageWork = z.discriminatedUnion('kind', [
  z.object({ id: Id, kind: z.literal('burn-in'), seconds: z.number().int().min(1).max(7 * 86_400) }),
  /** `target` is where packets are sent and must come back from: the agent itself, as a rule. */
  z.object({ id: Id, kind: z.literal('link-test'), target: z.ipv4(), count: z.number().int().min(1).max(10_000) }),
  /** By serial number, each drive by itself: there is no order to erase whatever is found. */
  z.object({ id: Id, kind: z.literal('erase'), drives: z.array(Word).min(1).max(256) }),
]);
export type ImageWork = z.infer<typeof ImageWork>;

/** The order as the image reads it from `GET …/work`: `key=value` lines. An empty body means: nothing to do now. */
export function orderText(work: ImageWork): string {
  const fields = Object.entries(ImageWork.parse(work)).flatMap(([key, value]): [string, string | number][] => (Array.isArray(value) ? value.map((serial) => ['drive', serial]) : [[key, value]]));
  return `${fields.map(([key, value]) => `${key}=${value}`).join('\n')}\n`;
}

/** What the image posts to `…/work/{id}`: now and then while it works, and again until taken when it is through. */
export const WorkProgress = z.object({
  state: z.enum(['running', 'done', 'failed']),
  percent: z.number().int().min(0).max(100),
  results: z.base64().max(2_000_000).transform((text) => resultsOf(Buffer.from(text, 'base64').toString('utf8'))),
});
export type WorkProgress = z.infer<typeof WorkProgress>;

export interface WorkResult {
  /** A processor, port, `memory`, `ecc`, or a drive: by name in a burn-in, by serial number in an erase. */
  subject: string;
  outcome: 'passed' | 'erased' | 'failed';
  evidence: string;
}

function resultsOf(text: string): WorkResult[] {
  return text.split('\n').filter(Boolean).map((line) => {
    const [subject = '', outcome = '', ...evidence] = line.split('\t');
    // A word we do not know is not a success.
    return { subject, outcome: outcome === 'passed' || outcome === 'erased' ? outcome : 'failed', evidence: evidence.join(' ') };
  });
}
