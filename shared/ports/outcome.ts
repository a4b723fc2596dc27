import { z } from 'zod';

/** It is under way: ask again with the ticket. `T`: what there is to remember. */
export interface Pending<T = string> {
  outcome: 'pending';
  /** Comes back at the next asking. */
  ticket: T;
  pollAfterSeconds: number;
  progress?: string | undefined;
}
/** A decision, which asking again does not change. */
export interface Refused {
  outcome: 'refused';
  reason: string;
}

/** How work in another system answers. Nothing waits inside a port. */
export type Submitted<Done extends object = object> = ({ outcome: 'done' } & Done) | Pending | Refused;

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
export const pending = (answer: Omit<Pending, 'outcome'>): Pending => ({ outcome: 'pending', ...answer });
export const refused = (reason: string): Refused => ({ outcome: 'refused', reason });
