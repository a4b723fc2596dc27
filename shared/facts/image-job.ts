import { z } from 'zod';

/** A value on one line of a job: the image's shell reads it as it stands. */
const Word = z.string().regex(/^[\w.:-]{1,128}$/, "may have letters, digits, '.', ':', '_' and '-' only");
const Id = z.string().regex(/^[\w-]{1,64}$/, 'must be 1 to 64 letters, digits, _ or -');

/** What a booted validation image can be asked to do. */
export const ImageJob = z.discriminatedUnion('kind', [
  z.object({
    id: Id,
    kind: z.literal('burn-in'),
    seconds: z
      .number()
      .int()
      .min(1)
      .max(7 * 86_400),
  }),
  /**
   * `target` is where packets are sent and must come back from. Where nobody says, it is the agent that booted the
   * machine.
   */
  z.object({
    id: Id,
    kind: z.literal('link-test'),
    target: z.ipv4().optional(),
    count: z.number().int().min(1).max(10_000),
  }),
  /** Names each drive by its serial number: no job erases whatever drives are found. */
  z.object({ id: Id, kind: z.literal('erase'), drives: z.array(Word).min(1).max(256) }),
]);
export type ImageJob = z.infer<typeof ImageJob>;
export const ImageJobKind = z.enum(['burn-in', 'link-test', 'erase']) satisfies z.ZodType<ImageJob['kind']>;
export type ImageJobKind = z.infer<typeof ImageJobKind>;

/**
 * A job as the platform requests it. Of any kind: an agent that does not know the kind yet must still read the list.
 */
export const RequestedJob = z.object({
  job: z.looseObject({ id: Id, kind: z.string() }),
  /** It is not started after that. */ expiresAt: z.iso.datetime(),
});
export type RequestedJob = z.infer<typeof RequestedJob>;

/** What was found out about one part of a machine. */
export const JobResult = z.object({
  /** A processor, port, `memory`, `ecc`, or a drive: by name in a burn-in, by serial number in an erase. */
  subject: z.string().max(128),
  outcome: z.enum(['passed', 'erased', 'failed']),
  evidence: z.string().max(500),
});
export type JobResult = z.infer<typeof JobResult>;

/** `waiting`: no image has asked for it yet. The last four are ends. */
export const JobState = z.enum(['waiting', 'running', 'done', 'failed', 'cancelled', 'expired']);
export type JobState = z.infer<typeof JobState>;
export const hasEnded = (state: JobState): boolean => state !== 'waiting' && state !== 'running';
