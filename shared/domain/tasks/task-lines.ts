import { z } from 'zod';
import { RepairOutcome } from '../validation/finding.ts';

/** One thing of a task that is done and answered by itself. */
export const TaskLine = z.object({
  id: z.string(),
  text: z.string(),
  place: z.string().optional(),
  expected: z.string().optional(),
  found: z.string().optional(),
  hint: z.string().optional(),
});
export type TaskLine = z.infer<typeof TaskLine>;
/** What became of one line, as the person who did it says. */
export const LineAnswer = z.object({
  line: z.string(),
  outcome: RepairOutcome,
  note: z.string().optional(),
});
export type LineAnswer = z.infer<typeof LineAnswer>;
/** What a person says at the end of a task. */
export const TaskResult = z.object({ note: z.string().optional(), answers: z.array(LineAnswer).optional() });
export type TaskResult = z.infer<typeof TaskResult>;
