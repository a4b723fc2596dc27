import { isoTime } from '../kernel/clock.ts';
import { explain } from '../kernel/errors/app-error.ts';
import { parse } from '../kernel/errors/parse.ts';
import { inIdempotencyScope } from '../kernel/idempotency-scope.ts';
import { SagaId } from '../kernel/ids.ts';
import { derivedId } from '../kernel/new-id.ts';
import { SystemOff } from '../ports/system-off.ts';
import type { Deps } from './deps.ts';
import { heldBySystem, type HeldBySystem } from './held-by-system.ts';
import { beginStep, endStep, noteWake } from './journal.db.ts';
import { hasUndo, type Step, type StepAnswered, type StepContext, type StepPending } from './step.ts';
import { StepCall, type StepAnswer } from './wire.ts';

const shortestPollSeconds = 0.5;

/** One attempt of a step, as an activity runs it: journal, run, judge. Throws to be tried again. */
export async function runStep(step: Step, deps: Deps, rawCall: unknown): Promise<StepAnswer> {
  const call = parse(StepCall, rawCall, `call of step ${step.name}`);
  const fields = { sagaId: call.saga.id, step: step.name, stepKey: call.key };
  const begun = await beginStep(deps, step, call);
  if (begun.isUndone) return { outcome: 'refused', reason: `${step.name} had already been taken back` };
  const ticket = begun.ticket ?? call.ticket;
  const mayCancel = call.pointOfNoReturn === undefined && (ticket === undefined || step.isInterruptible);
  if (begun.cancel && mayCancel)
    return { outcome: 'cancelled', reason: `${begun.cancel.by} cancelled: ${begun.cancel.reason}` };

  const owner = { sagaId: call.saga.id, key: call.key, step: step.name };
  const context = contextOf(step.name, { ...call, ticket }, call.saga.id);
  let answer: StepAnswered | HeldBySystem;
  try {
    answer = await inIdempotencyScope(nameOf(call), () => step.run(call.input, deps, context));
  } catch (error) {
    if (!(error instanceof SystemOff)) {
      const reason = explain(error);
      deps.log.stepFailed({ ...fields, attempt: begun.attempt, reason });
      deps.metrics.steps.inc({ step: step.name, outcome: 'failed' });
      await endStep(deps, call.saga, owner, {
        state: 'failed',
        attempt: begun.attempt,
        text: `attempt ${begun.attempt} failed: ${reason}`,
      });
      throw new Error(reason, { cause: error });
    }
    answer = heldBySystem(error, ticket);
  } finally {
    deps.relay.kick();
  }
  deps.metrics.steps.inc({ step: step.name, outcome: answer.outcome });
  const { isUndone } = await endStep(deps, call.saga, owner, endOf(answer, call, begun.attempt, deps.clock.now()));
  if (isUndone && hasUndo(step.undo)) {
    deps.log.lateStep(fields);
    await step.undo.run(call.input, deps, context);
  }
  if (answer.outcome === 'pending') {
    // Said when it begins to wait for something; that it still does is on its page, not in the log again and again.
    if (answer.ticket !== ticket || answer.ticket === undefined)
      deps.log.stepWaiting({ ...fields, ...(answer.waitingFor && { waitingFor: answer.waitingFor }) });
    return {
      outcome: 'pending',
      ...(answer.ticket !== undefined && { ticket: answer.ticket }),
      pollAfterSeconds: pollAfter(answer, deps),
    };
  }
  if (answer.outcome === 'refused') deps.log.stepRefused({ ...fields, reason: answer.reason });
  else deps.log.stepDone({ ...fields, attempt: begun.attempt });
  return answer;
}

/** Takes a step back, whether or not it ever ran. The mark it leaves keeps a late `run` from happening. */
export async function undoStep(step: Step, deps: Deps, rawCall: unknown): Promise<StepAnswer> {
  const call = parse(StepCall, rawCall, `call of the undo of ${step.name}`);
  if (!hasUndo(step.undo)) throw new Error(`${step.name} has no undo: ${step.undo.nothing}`);
  const { sagaId, input: rawInput } = call.input as { sagaId: string; input: unknown };
  const owner = { sagaId, key: call.key, step: step.name };
  const fields = { sagaId: call.saga.id, step: step.undo.name, stepKey: call.key };
  await noteWake(deps, call);
  const begun =
    call.ticket === undefined
      ? await endStep(deps, call.saga, owner, {
          state: 'undoing',
          text: `taking back: ${step.undo.name}`,
          call: { undo: step.undo.name, at: call.at, input: rawInput ?? null },
        })
      : undefined;
  try {
    const context = contextOf(step.undo.name, { ...call, ticket: call.ticket ?? begun?.undoTicket }, sagaId);
    const { undo } = step;
    const waiting = await inIdempotencyScope(nameOf(call), () => undo.run(rawInput, deps, context));
    if (waiting && waiting.outcome === 'refused') throw new UndoRefused(waiting.reason);
    if (waiting) {
      await endStep(deps, call.saga, owner, {
        state: 'undoing',
        ticket: waiting.ticket,
        text: `${step.undo.name}: waiting for ${waiting.waitingFor ?? waiting.progress ?? 'it'}`,
        ...(waiting.waitingFor && { waitingFor: waiting.waitingFor }),
      });
      return { outcome: 'pending', ticket: waiting.ticket, pollAfterSeconds: pollAfter(waiting, deps) };
    }
  } catch (error) {
    const reason = explain(error);
    deps.log.undoFailed({ ...fields, reason });
    await endStep(deps, call.saga, owner, {
      state: 'undo-failed',
      text: `${step.undo.name} failed: ${reason}`,
      ...(error instanceof UndoRefused && { ticket: null }),
    });
    throw new Error(reason, { cause: error });
  } finally {
    deps.relay.kick();
  }
  await endStep(deps, call.saga, owner, { state: 'undone', text: `taken back: ${step.undo.name}` });
  deps.log.stepUndone(fields);
  return { outcome: 'done', output: null };
}

/** What the undo had begun is over, and did not take back what it should. */
class UndoRefused extends Error {
  override readonly name = 'UndoRefused';
}

/** The same for every attempt at one asking; the next one, a poll or what a person had tried again, has another. */
const nameOf = ({ saga, key, wake }: StepCall) => `${saga.id}/${key}/${wake}`;

const contextOf = (name: string, call: StepCall, sagaId: string): StepContext<string> => ({
  sagaId: SagaId.parse(sagaId),
  waitingSagaId: call.saga.id,
  stepKey: call.key,
  idempotencyKey: `${sagaId}/${call.key}`,
  at: call.at,
  ticket: call.ticket,
  newId: (kind, ...parts) => derivedId(kind, call.at, [sagaId, call.key, ...parts].join('/')),
  origin: { actor: name, sagaId, stepKey: `${name} ${call.key}` },
});

function pollAfter(
  { pollAfterSeconds, pace = 'hardware' }: Pick<StepPending, 'pollAfterSeconds' | 'pace'>,
  { settings }: Deps,
): number {
  return pace === 'woken'
    ? pollAfterSeconds
    : Math.max(shortestPollSeconds, pollAfterSeconds / settings.pollSpeed[pace]);
}

function endOf(answer: StepAnswered | HeldBySystem, call: StepCall, attempt: number, now: number) {
  switch (answer.outcome) {
    case 'pending': {
      const waitingFor = answer.waitingFor ?? answer.progress ?? 'it to finish';
      // The saga does not ask again after this: it must not look as if it did.
      if (now >= call.deadline)
        return {
          state: 'failed' as const,
          attempt,
          ...(answer.ticket !== undefined && { ticket: answer.ticket }),
          text: `still waiting for ${waitingFor} when its time was up`,
        };
      return {
        state: 'waiting' as const,
        text: `waiting for ${waitingFor}`,
        waitingFor,
        ...(answer.ticket !== undefined && { ticket: answer.ticket }),
        until: isoTime(call.deadline),
      };
    }
    case 'refused':
      return { state: 'refused' as const, attempt, ticket: null, text: `refused: ${answer.reason}` };
    case 'done':
      return { state: 'done' as const, attempt, text: 'done', output: answer.output };
  }
}
