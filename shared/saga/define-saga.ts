import { RetryOptions, type OrchestrationContext, type Task } from 'durable-functions';
import type { z } from 'zod';
import { days, hours } from '../kernel/durations.ts';
import { SagaId, type IdKind, type OrderId, type ServerId } from '../kernel/ids.ts';
import { derivedId } from '../kernel/new-id.ts';
import { hasUndo, type Retry, type Step, type StepPending, type StepRefused } from './step.ts';
import {
  JournalAnswer,
  journalActivity,
  SagaEnd,
  StepAnswer,
  wakeEvent,
  type Held,
  type JournalCall,
  type JournalEntry,
  type OperatorDecision,
  type SagaPlace,
  type SagaStart,
  type StepCall,
  type TakeBack,
} from './wire.ts';

/** A part of a saga: `yield*` it. */
export type Flow<T> = Generator<Task, T, unknown>;
export type StepOutput<O extends z.ZodType> = Exclude<z.infer<O>, StepPending | StepRefused>;

/**
 * The order and the server that a saga is about: its row names them, their pages list it, and what happens to the
 * server wakes it. A child that does not name one has its parent's.
 */
export interface About {
  orderId?: OrderId;
  serverId?: ServerId;
}

export interface SagaDefinition<I extends z.ZodType = z.ZodType, T = unknown> {
  /** Verb and noun; also the registered orchestrator's name. */
  readonly name: string;
  readonly input: I;
  readonly about: (input: z.infer<I>) => About;
  readonly story: (saga: Saga, input: z.infer<I>) => Flow<T>;
}

/** The id of a saga: its name and a key, such as the id of the order. One key starts one saga, whoever starts it. */
export const sagaId = ({ name }: Pick<SagaDefinition, 'name'>, key: string): SagaId => SagaId.parse(`${name}-${key}`);

/** Declares a saga: the story, nothing else. Unwinding, waiting, being stuck and the timeline are the helper's. */
export const defineSaga = <I extends z.ZodType, T>(definition: SagaDefinition<I, T>): SagaDefinition<I, T> =>
  definition;

/** What a saga with this input is about; nothing, where the input is not what the saga takes. */
export function aboutOf({ input, about }: SagaDefinition, raw: unknown): About {
  const parsed = input.safeParse(raw);
  return parsed.success ? about(parsed.data) : {};
}

/** Ends the story and has everything taken back. */
class SagaFailure extends Error {
  readonly code: string;
  readonly isCancelled: boolean;
  constructor(code: string, reason: string, isCancelled = false) {
    super(reason);
    this.code = code;
    this.isCancelled = isCancelled;
  }
}

const recheckOperator = hours(1);
const undoAtMost = days(14); // taking a server out of its rack is an undo too
const undoRetry: Retry = { attempts: 5, firstSeconds: 2, longestSeconds: 300 };
const journalRetry: Retry = { attempts: 1000, firstSeconds: 1, longestSeconds: 60 };

/** What a story may do. Everything in here decides alike on every replay. */
export class Saga {
  readonly #context: OrchestrationContext;
  readonly #place: SagaPlace;
  #held: Held[] = [];
  #calls = 0;
  #wakes = 0;
  #noReturn: string | undefined;

  constructor(context: OrchestrationContext, place: SagaPlace) {
    this.#context = context;
    this.#place = place;
  }

  get id(): string {
    return this.#place.id;
  }
  /** Milliseconds since 1970, the same on every replay. */
  get now(): number {
    return this.#context.df.currentUtcDateTime.getTime();
  }
  newId(kind: IdKind): string {
    return derivedId(kind, this.now, this.#context.df.newGuid(this.#place.id));
  }

  /**
   * One step. Its undo is recorded before it runs, because a lost answer is hardware's ordinary failure. While it
   * answers `pending` the saga waits, woken by whoever learns something and by the clock. Fails the saga if the
   * step refuses, keeps failing, or is not done within its time.
   */
  *step<I extends z.ZodType, O extends z.ZodType>(step: Step<I, O>, input: z.input<I>): Flow<StepOutput<O>> {
    const { output } = yield* this.#forward(step, this.#begin(step, input, step.atMost));
    return output;
  }

  /** Like `step`, for a wait whose end is a branch of the story: answers `too-late` instead of failing. */
  *waitFor<I extends z.ZodType, O extends z.ZodType>(
    step: Step<I, O>,
    input: z.input<I>,
    limit: { atMost: number },
  ): Flow<StepOutput<O> | 'too-late'> {
    const end = yield* this.#forward(step, this.#begin(step, input, limit.atMost), { mayBeLate: true });
    return end.isLate ? 'too-late' : end.output;
  }

  /** Runs another story as part of this one. What it holds when done, this one takes back if it fails later. */
  *child<I extends z.ZodType, T>(saga: SagaDefinition<I, T>, key: string, input: z.input<I>): Flow<T> {
    const [output] = yield* this.children(saga, [{ key, input }], { atOnce: 1 });
    return output as T;
  }

  /**
   * The same story for several, `atOnce` of them at a time: the next begins when one has ended. Once one has failed no
   * other begins, and those under way come to their end before all is unwound. Answers the outputs in order.
   */
  *children<I extends z.ZodType, T>(
    saga: SagaDefinition<I, T>,
    all: readonly Child<I>[],
    { atOnce }: { atOnce: number },
  ): Flow<T[]> {
    if (!(atOnce >= 1)) throw new RangeError(`atOnce is ${atOnce}; it must be 1 or more`);
    const outputs = new Map<string, unknown>();
    const attempts = new Map<string, number>();
    for (let open = all; open.length > 0; open = open.filter(({ key }) => !outputs.has(key))) {
      const ends = yield* this.#runChildren(saga, open, { atOnce, attempts });
      for (const [key, end] of ends) if (end.outcome === 'done') outputs.set(key, end.output);
      const failed = [...ends.values()].find(isGivenUp) ?? [...ends.values()].find((end) => end.outcome !== 'done');
      if (!failed || failed.outcome === 'done') break;
      const failure = new SagaFailure(
        failed.outcome === 'failed' ? failed.code : 'saga.cancelled',
        `${saga.name}: ${failed.reason}`,
        failed.outcome === 'cancelled',
      );
      if (this.#noReturn === undefined) throw failure;
      const keys = [...ends.keys()].filter((key) => !outputs.has(key));
      const decision = yield* this.#askOperator(saga.name, keys.join(', '), failure.message);
      if (decision.verb === 'skip') open = open.filter(({ key }) => !keys.includes(key));
      if (decision.verb === 'give-up') throw givenUp(decision, saga.name);
    }
    return all.flatMap(({ key }) => (outputs.has(key) ? [outputs.get(key) as T] : []));
  }

  /** From here on the story only goes forward, or calls a person. */
  pointOfNoReturn(reason: string): void {
    this.#noReturn ??= reason;
    this.#held = [];
  }

  /** Writes a line into the story that people read. */
  *tell(text: string): Flow<void> {
    yield* this.#journal({ kind: 'told', text });
  }

  /** Gives the story up: everything so far is taken back. */
  fail(code: string, reason: string): never {
    throw new SagaFailure(code, reason);
  }

  /** Begins, tells, ends or unwinds: an orchestrator's whole life. Never throws. */
  *live<I extends z.ZodType, T>(saga: SagaDefinition<I, T>, input: unknown): Flow<SagaEnd> {
    yield* this.#journal({ kind: 'began', input });
    try {
      const output = (yield* saga.story(this, saga.input.parse(input))) ?? null;
      yield* this.#journal({ kind: 'ended', state: 'done', reason: null, output });
      return { outcome: 'done', output, held: this.#held, passedNoReturn: this.#noReturn !== undefined };
    } catch (error) {
      return yield* this.#failed(
        error instanceof SagaFailure ? error : new SagaFailure('saga.broken', reasonOf(error)),
      );
    }
  }

  /**
   * The life of an orchestrator that is there to take back what another one has done under the same name. Never throws.
   */
  *takeBack({ reason, held }: TakeBack): Flow<SagaEnd> {
    this.#held = held;
    return yield* this.#failed(new SagaFailure('saga.cancelled', reason, true));
  }

  *#failed(first: SagaFailure): Flow<SagaEnd> {
    let failure = first;
    if (failure.code !== givenUpCode) {
      const gaveUp =
        this.#noReturn === undefined ? yield* this.#unwind(failure.message) : yield* this.#lost(failure.message);
      // What a person left as it is stays so: whoever this is a part of takes nothing back either.
      if (gaveUp) failure = new SagaFailure(givenUpCode, `${failure.message}; ${gaveUp}`);
    }
    const reason = failure.message;
    yield* this.#journal({
      kind: 'ended',
      state: failure.isCancelled ? 'cancelled' : 'failed',
      reason,
      output: null,
    });
    return failure.isCancelled ? { outcome: 'cancelled', reason } : { outcome: 'failed', reason, code: failure.code };
  }

  /** The story broke where nothing may be taken back any more: a person has to know before it ends. */
  *#lost(reason: string): Flow<string> {
    const decision = yield* this.#askOperator(this.#place.name, 'story', reason);
    return `${decision.by}: ${decision.reason}`;
  }

  /**
   * A part that is done again is a new one: the marks of what the first took back would keep its steps from running.
   */
  *#runChildren<I extends z.ZodType>(
    saga: SagaDefinition<I>,
    children: readonly Child<I>[],
    { atOnce, attempts }: { atOnce: number; attempts: Map<string, number> },
  ): Flow<Map<string, SagaEnd>> {
    const begin = ({ key, input }: Child<I>): Task => {
      const attempt = (attempts.get(key) ?? 0) + 1;
      attempts.set(key, attempt);
      return this.#context.df.callSubOrchestrator(
        saga.name,
        { parentId: this.#place.id, rootId: this.#place.rootId, input } satisfies SagaStart,
        `${saga.name}-${key}${attempt === 1 ? '' : `-${attempt}`}`,
      );
    };
    const begun: { key: string; task: Task }[] = [];
    for (const [index, child] of children.entries()) {
      if (index >= atOnce && (yield* this.#oneEnds(begun))) break;
      begun.push({ key: child.key, task: begin(child) });
    }
    while (begun.some(({ task }) => !hasEnded(task))) yield* this.#oneEnds(begun);
    const ends = new Map(begun.map(({ key, task }) => [key, endOf(task)]));
    for (const end of ends.values()) {
      if (end.outcome !== 'done') continue;
      if (end.passedNoReturn) this.#noReturn ??= `${saga.name} passed its point of no return`;
      this.#held = this.#noReturn === undefined ? [...this.#held, ...end.held] : [];
    }
    return ends;
  }

  /** Until one more child has ended. Answers whether any has failed so far. */
  *#oneEnds(begun: readonly { task: Task }[]): Flow<boolean> {
    yield this.#context.df.Task.any(begun.map(({ task }) => task).filter((task) => !hasEnded(task)));
    return begun.some(({ task }) => hasEnded(task) && endOf(task).outcome !== 'done');
  }

  /** Writes the undo down before the step runs. */
  #begin(step: Step, input: unknown, atMost: number): StepTurn {
    const key = `${step.name}#${++this.#calls}`;
    if (hasUndo(step.undo) && this.#noReturn === undefined)
      this.#held.push({ step: step.name, undo: step.undo.name, key, sagaId: this.#place.id, at: this.now, input });
    return { key, at: this.now, deadline: this.now + atMost, input };
  }

  /** Runs a step to its answer. Past the point of no return a failure asks a person, as often as it takes. */
  *#forward<I extends z.ZodType, O extends z.ZodType>(
    step: Step<I, O>,
    turn: StepTurn,
    { mayBeLate = false } = {},
  ): Flow<{ output: StepOutput<O>; isLate: boolean }> {
    for (;;) {
      try {
        const end = yield* this.#toTheEnd(step.name, step.retry, turn);
        if (end !== 'too-late') return { output: step.output.parse(end.output) as StepOutput<O>, isLate: false };
        if (mayBeLate) return { output: undefined as StepOutput<O>, isLate: true };
        throw new SagaFailure(
          `${step.name}.too-late`,
          `${step.name} was not done within ${inWords(turn.deadline - turn.at)}`,
        );
      } catch (error) {
        if (this.#noReturn === undefined) throw error;
        const decision = yield* this.#askOperator(step.name, turn.key, reasonOf(error));
        if (decision.verb === 'give-up') throw givenUp(decision, step.name);
        const empty = step.output.safeParse({});
        if (decision.verb === 'skip' && empty.success) return { output: empty.data as StepOutput<O>, isLate: false };
      }
    }
  }

  *#toTheEnd(activity: string, retry: Retry, turn: StepTurn): Flow<{ output: unknown } | 'too-late'> {
    let ticket: string | undefined;
    for (;;) {
      const wake = ++this.#wakes;
      const answer = StepAnswer.parse(
        yield* this.#call(activity, retry, {
          ...turn,
          saga: this.#place,
          wake,
          ...(ticket !== undefined && { ticket }),
          ...(this.#noReturn !== undefined && { pointOfNoReturn: this.#noReturn }),
        } satisfies StepCall),
      );
      if (answer.outcome === 'done') return { output: answer.output };
      if (answer.outcome === 'refused') throw new SagaFailure(`${activity}.refused`, answer.reason);
      if (answer.outcome === 'cancelled') throw new SagaFailure('saga.cancelled', answer.reason, true);
      if (this.now >= turn.deadline) return 'too-late';
      ticket = answer.ticket;
      yield* this.#waitUntil(wake, Math.min(this.now + answer.pollAfterSeconds * 1000, turn.deadline));
    }
  }

  /**
   * Until somebody who learned something wakes us, or that moment. Each wait has an event name of its own, so no wake
   * is lost to an earlier wait.
   */
  *#waitUntil(wake: number, at: number): Flow<void> {
    const timer = this.#context.df.createTimer(new Date(at));
    const woken = this.#context.df.waitForExternalEvent(wakeEvent(wake));
    yield this.#context.df.Task.any([woken, timer]);
    if (!timer.isCompleted) timer.cancel();
  }

  *#call(activity: string, retry: Retry, input: object): Flow<unknown> {
    const options = new RetryOptions(retry.firstSeconds * 1000, retry.attempts);
    options.backoffCoefficient = 2;
    options.maxRetryIntervalInMilliseconds = retry.longestSeconds * 1000;
    return yield this.#context.df.callActivityWithRetry(activity, options, input);
  }

  *#journal(entry: JournalEntry): Flow<JournalAnswer> {
    return JournalAnswer.parse(
      yield* this.#call(journalActivity, journalRetry, {
        saga: this.#place,
        at: this.now,
        entry,
      } satisfies JournalCall),
    );
  }

  /** In reverse. Answers what a person gave up, if one did. */
  *#unwind(reason: string): Flow<string | undefined> {
    if (this.#held.length > 0) yield* this.#journal({ kind: 'unwinding', reason, steps: this.#held.length });
    for (let last = this.#held.at(-1); last; last = this.#held.at(-1)) {
      const gaveUp = yield* this.#takeBack(last);
      if (gaveUp) return gaveUp;
      this.#held.pop();
    }
    return undefined;
  }

  /** An undo that keeps failing stops the unwinding and asks a person: it is never swallowed. */
  *#takeBack(held: Held): Flow<string | undefined> {
    for (;;) {
      try {
        const turn = {
          key: held.key,
          at: held.at,
          deadline: this.now + undoAtMost,
          input: { sagaId: held.sagaId, input: held.input },
        };
        if ((yield* this.#toTheEnd(held.undo, undoRetry, turn)) !== 'too-late') return undefined;
        throw new Error(`${held.undo} was not done within ${inWords(undoAtMost)}`);
      } catch (error) {
        const decision = yield* this.#askOperator(held.undo, held.key, reasonOf(error));
        if (decision.verb === 'skip') return undefined;
        if (decision.verb === 'give-up') return givenUp(decision, held.undo).message;
      }
    }
  }

  *#askOperator(step: string, key: string, reason: string): Flow<OperatorDecision> {
    const held = this.#held.toReversed().map((each) => `${each.step} (${each.key})`);
    let wake = ++this.#wakes;
    yield* this.#journal({ kind: 'stuck', step, key, reason, held, wake });
    for (;;) {
      yield* this.#waitUntil(wake, this.now + recheckOperator);
      wake = ++this.#wakes;
      const { decision } = yield* this.#journal({ kind: 'operator-asked', wake });
      if (decision) return decision;
    }
  }
}

interface Child<I extends z.ZodType> {
  /** Makes its id, with its name; unique among all instances of the saga. */
  key: string;
  input: z.input<I>;
}
/** The SDK says `isCompleted` of what succeeded only, against its documentation. */
const hasEnded = ({ isCompleted, isFaulted }: Task): boolean => isCompleted || isFaulted;
/** Throws where the engine ended the instance: a story that ends by itself always says how. */
function endOf({ isFaulted, result }: Task): SagaEnd {
  if (isFaulted) throw result;
  return SagaEnd.parse(result);
}

type StepTurn = Pick<StepCall, 'key' | 'at' | 'deadline' | 'input'>;

const givenUpCode = 'saga.given-up';
const isGivenUp = (end: SagaEnd) => end.outcome === 'failed' && end.code === givenUpCode;
const givenUp = (decision: OperatorDecision, at: string) =>
  new SagaFailure(givenUpCode, `${decision.by} gave up at ${at}: ${decision.reason}`);
/** The first line of what went wrong, without the engine's own words around it. */
const reasonOf = (error: unknown): string =>
  (error instanceof Error ? error.message : String(error))
    .split('\n')[0]
    ?.replace(/^Activity function '[^']+' failed: (.*?)\s*\.?\s*$/, '$1') ?? 'unknown';

function inWords(milliseconds: number): string {
  const units = [
    [86_400_000, 'day'],
    [3_600_000, 'hour'],
    [60_000, 'minute'],
    [1000, 'second'],
  ] as const;
  const [size, name] = units.find(([each]) => milliseconds >= each) ?? units[3];
  const count = Math.round(milliseconds / size);
  return `${count} ${name}${count === 1 ? '' : 's'}`;
}
