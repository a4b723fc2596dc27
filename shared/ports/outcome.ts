import { z } from 'zod';

/**
 * How long work in another system answers. Nothing waits inside a port: `pending` means ask again with the
 * ticket, `refused` is a decision and will not change by asking.
 */
export type Submitted<Done extends object = object> =
  | ({ outcome: 'done' } & Done)
  | { outcome: 'pending'; ticket: string; pollAfterSeconds: number; progress?: string | undefined }
  | { outcome: 'refused'; reason: string };

/** The same as a schema, for answers that come from elsewhere. */
export const submitted = <S extends z.core.$ZodLooseShape>(
  result: z.ZodObject<S>,
): z.ZodType<Submitted<z.infer<z.ZodObject<S>>>> =>
  z.union([
    z.object({ outcome: z.literal('done'), ...result.shape }),
    z.object({
      outcome: z.literal('pending'),
      ticket: z.string(),
      pollAfterSeconds: z.number(),
      progress: z.string().optional(),
    }),
    z.object({ outcome: z.literal('refused'), reason: z.string() }),
  ]) as never;

export const done = <Done extends object>(result: Done): { outcome: 'done' } & Done => ({ outcome: 'done', ...result });
export const pending = (ticket: string, pollAfterSeconds: number, progress?: string) =>
  ({ outcome: 'pending', ticket, pollAfterSeconds, ...(progress !== undefined && { progress }) }) as const;
export const refused = (reason: string) => ({ outcome: 'refused', reason }) as const;
