import { z } from 'zod';
import { isAction, type Action } from './actions.ts';

/** What one replay answered. Failed or done, the actions up to there are in it. */
export interface Outcome {
  /** Every action so far, in order: the SDK answers all of them every time. */
  actions: readonly Action[];
  isDone: boolean;
  output: unknown;
  customStatus: unknown;
  error?: { message: string; stack: string; failureDetails: unknown };
}

const State = z.looseObject({
  isDone: z.boolean(),
  actions: z.array(z.array(z.unknown())),
  error: z.string().optional(),
});

/** Ends the message of the Error the SDK throws when user code failed; the orchestration's state follows. */
const stateMark = '\n\n$OutOfProcData$:';

/** Reads what DurableApp.runOrchestrator answered. An answer that is not the SDK's is a failure that says so. */
export function readOutcome(run: object): Outcome {
  if (!('threw' in run)) return readState('returned' in run ? run.returned : undefined);
  const thrown = run.threw instanceof Error ? run.threw : new Error(String(run.threw));
  const markAt = thrown.message.indexOf(stateMark);
  const stack = thrown.stack ?? '';
  if (markAt < 0) return failed(thrown.message || 'Unknown error', stack);
  const stated = readState(JSON.parse(thrown.message.slice(markAt + stateMark.length)));
  // The SDK leaves out an empty message, and so would leave the instance running for ever.
  const message = stated.error?.message || 'The orchestrator threw an error without a message.';
  return {
    ...stated,
    isDone: false,
    actions: liveActions('df' in run ? run.df : undefined) ?? stated.actions,
    error: { message, stack, failureDetails: stated.error?.failureDetails ?? null },
  };
}

function readState(value: unknown): Outcome {
  const state = State.safeParse(value);
  // The schema copies; the actions are taken from the original, where a task met twice is one object.
  const actions = state.success ? ((value as { actions: unknown[][] }).actions[0] ?? []) : [];
  if (!state.success || !actions.every(isAction))
    return failed(
      'The orchestrator answered something that is not an orchestration state of durable-functions 3.x.',
      '',
    );
  const { isDone, output, customStatus, error, failureDetails } = state.data;
  return {
    actions,
    isDone,
    output,
    customStatus,
    ...(error !== undefined && { error: { message: error, stack: '', failureDetails } }),
  };
}

const failed = (message: string, stack: string): Outcome => ({
  actions: [],
  isDone: false,
  output: undefined,
  customStatus: undefined,
  error: { message, stack, failureDetails: null },
});

/**
 * A thrown state is text, in which a task mentioned twice looks like two. The SDK's context still holds the
 * objects; that member is not public, so where it is missing the text has to do.
 */
function liveActions(df: unknown): readonly Action[] | undefined {
  const executor = memberOf(df, 'taskOrchestratorExecutor');
  const actions = memberOf(executor, 'actions');
  return Array.isArray(actions) && actions.every(isAction) ? actions : undefined;
}

const memberOf = (value: unknown, name: string): unknown =>
  typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[name] : undefined;

const EntityAnswer = z.object({
  entityExists: z.boolean(),
  entityState: z.string().nullish(),
  results: z.array(z.object({ isError: z.boolean(), result: z.string().nullish() })),
  signals: z.array(
    z.object({ target: z.object({ name: z.string(), key: z.string() }), name: z.string(), input: z.string() }),
  ),
});
export type EntityAnswer = z.infer<typeof EntityAnswer>;

/** Reads what DurableApp.runEntity answered for one batch. */
export const readEntityAnswer = (answer: object): EntityAnswer => EntityAnswer.parse(answer);
