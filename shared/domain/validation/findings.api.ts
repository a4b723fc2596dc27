import { z } from 'zod';

export const FindingView = z.object({
  id: z.string(),
  kind: z.string(),
  severity: z.enum(['info', 'minor', 'major']),
  place: z.string(),
  expected: z.string(),
  found: z.string(),
  state: z.enum(['open', 'waived', 'resolved']),
  /** Who said what, and where it stood. */
  evidence: z.array(z.object({ source: z.string(), said: z.string(), where: z.string().optional() })),
  /** What usually makes the two differ, and what puts it right. */
  hint: z.string(),
  foundAt: z.string(),
  seenAt: z.string(),
  resolvedAt: z.string().nullable(),
  waiver: z.object({ by: z.string(), at: z.string(), reason: z.string() }).nullable(),
  /** What a technician was asked to do, in which task, and what they answered. */
  taskId: z.string().nullable(),
  instruction: z.string().nullable(),
  answer: z.object({ outcome: z.string(), note: z.string().optional(), by: z.string(), at: z.string() }).nullable(),
});
export type FindingView = z.infer<typeof FindingView>;
