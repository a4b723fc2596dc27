import { z } from 'zod';

/** A value on one line of an order: the image's shell reads it as it stands. */
const Word = z.string().regex(/^[\w.:-]{1,128}$/, "may have letters, digits, '.', ':', '_' and '-' only");
const Id = z.string().regex(/^[\w-]{1,64}$/, 'must be 1 to 64 letters, digits, _ or -');

/** Work that a booted validation image can be given. */
export const ImageWork = z.discriminatedUnion('kind', [
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
  /** By serial number, each drive by itself: there is no order to erase whatever is found. */
  z.object({ id: Id, kind: z.literal('erase'), drives: z.array(Word).min(1).max(256) }),
]);
export type ImageWork = z.infer<typeof ImageWork>;
export const ImageWorkKind = z.enum(['burn-in', 'link-test', 'erase']) satisfies z.ZodType<ImageWork['kind']>;
export type ImageWorkKind = z.infer<typeof ImageWorkKind>;

/**
 * Work that an image is to do, as it is ordered. An agent that does not know its kind yet must still read the list it
 * stands in.
 */
export const ImageOrder = z.object({
  work: z.looseObject({ id: Id, kind: z.string() }),
  /** It is not begun after that. */ expiresAt: z.iso.datetime(),
});
export type ImageOrder = z.infer<typeof ImageOrder>;

/** What was found out about one part of a machine. */
export const WorkResult = z.object({
  /** A processor, port, `memory`, `ecc`, or a drive: by name in a burn-in, by serial number in an erase. */
  subject: z.string().max(128),
  outcome: z.enum(['passed', 'erased', 'failed']),
  evidence: z.string().max(500),
});
export type WorkResult = z.infer<typeof WorkResult>;

/** `waiting`: no image has asked for it yet. The last four are ends. */
export const WorkState = z.enum(['waiting', 'running', 'done', 'failed', 'cancelled', 'expired']);
export type WorkState = z.infer<typeof WorkState>;
export const hasEnded = (state: WorkState): boolean => state !== 'waiting' && state !== 'running';
