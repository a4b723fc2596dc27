import { z } from 'zod';

/** What is wrong: a word that remedies go by, and how one would say it to a colleague. */
export const Trouble = z.object({ kind: z.string(), reason: z.string() });
export type Trouble = z.infer<typeof Trouble>;
