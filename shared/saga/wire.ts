import { z } from 'zod';

/** What travels between an orchestrator and its activities: always JSON objects, stored for weeks, only ever grown. */

export const SagaPlace = z.object({
  id: z.string(),
  name: z.string(),
  parentId: z.string().nullable(),
  rootId: z.string(),
});
export type SagaPlace = z.infer<typeof SagaPlace>;

export const StepCall = z.object({
  saga: SagaPlace,
  key: z.string(),
  /** Milliseconds since 1970, from the saga's own replayed clock. */
  at: z.number(),
  /** Numbers the calls of a saga: whoever knows something new raises `wake-<number>`. */
  wake: z.number().int(),
  ticket: z.string().optional(),
  /** Until when the step may go on answering `pending`. */
  deadline: z.number(),
  pointOfNoReturn: z.string().optional(),
  input: z.unknown(),
});
export type StepCall = z.infer<typeof StepCall>;

export const StepAnswer = z.discriminatedUnion('outcome', [
  z.object({ outcome: z.literal('done'), output: z.unknown() }),
  z.object({ outcome: z.literal('pending'), ticket: z.string().optional(), pollAfterSeconds: z.number() }),
  z.object({ outcome: z.literal('refused'), reason: z.string() }),
  z.object({ outcome: z.literal('cancelled'), reason: z.string() }),
]);
export type StepAnswer = z.infer<typeof StepAnswer>;

/**
 * A step that may have happened and how to take it back. `at` is when it was called: ids derived from it are found
 * again.
 */
export const Held = z.object({
  step: z.string(),
  undo: z.string(),
  key: z.string(),
  sagaId: z.string(),
  at: z.number(),
  input: z.unknown(),
});
export type Held = z.infer<typeof Held>;

/**
 * `takeBack`: it does not tell its story, but takes back what an instance before it has done, the last of these first.
 */
export const TakeBack = z.object({ reason: z.string(), held: z.array(Held) });
export type TakeBack = z.infer<typeof TakeBack>;
export const SagaStart = z.object({
  parentId: z.string().nullable(),
  rootId: z.string(),
  input: z.unknown(),
  takeBack: TakeBack.optional(),
});
export type SagaStart = z.infer<typeof SagaStart>;

export const SagaEnd = z.discriminatedUnion('outcome', [
  /** `held`: what the parent must take back if a later step of its own fails. */
  z.object({ outcome: z.literal('done'), output: z.unknown(), held: z.array(Held), passedNoReturn: z.boolean() }),
  z.object({ outcome: z.literal('failed'), reason: z.string(), code: z.string() }),
  z.object({ outcome: z.literal('cancelled'), reason: z.string() }),
]);
export type SagaEnd = z.infer<typeof SagaEnd>;

/** What a saga writes down about itself, between its steps. */
export const JournalEntry = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('began'), input: z.unknown() }),
  z.object({ kind: z.literal('told'), text: z.string() }),
  z.object({ kind: z.literal('unwinding'), reason: z.string(), steps: z.number().int() }),
  z.object({
    kind: z.literal('stuck'),
    step: z.string(),
    key: z.string(),
    reason: z.string(),
    held: z.array(z.string()),
    wake: z.number().int(),
  }),
  z.object({ kind: z.literal('operator-asked'), wake: z.number().int() }),
  z.object({
    kind: z.literal('ended'),
    state: z.enum(['done', 'failed', 'cancelled']),
    reason: z.string().nullable(),
    output: z.unknown(),
  }),
]);
export type JournalEntry = z.infer<typeof JournalEntry>;
export const JournalCall = z.object({ saga: SagaPlace, at: z.number(), entry: JournalEntry });
export type JournalCall = z.infer<typeof JournalCall>;

/** What a person decided about a stuck saga. */
export const OperatorDecision = z.object({
  verb: z.enum(['retry', 'skip', 'give-up']),
  by: z.string(),
  reason: z.string(),
});
export type OperatorDecision = z.infer<typeof OperatorDecision>;
export const JournalAnswer = z.object({ decision: OperatorDecision.nullable() });
export type JournalAnswer = z.infer<typeof JournalAnswer>;

export const journalActivity = 'keep-journal';
export const wakeEvent = (wake: number): string => `wake-${wake}`;
