import { z } from 'zod';
import { parse } from '../kernel/errors/parse.ts';
import type { IdKind, SagaId } from '../kernel/ids.ts';
import { refused, type Pending, type Refused } from '../ports/outcome.ts';
import type { Deps } from './deps.ts';

/** What a step may answer beside its output: what adapters answer, and for people what is waited for. */
export interface StepPending<T = string> extends Pending<T> {
  /**
   * What sets the pace of asking again: machines (default), business with other companies, or we ourselves, who wake
   * the saga at once.
   */
  pace?: Pace;
  waitingFor?: string;
}
export type Pace = 'hardware' | 'business' | 'woken';
export type StepRefused = Refused;

/** What a step knows of the story it is part of. */
export interface StepContext<T = unknown> {
  sagaId: SagaId;
  /** The saga that makes this call and waits for it: another one where a parent takes back its child's step. */
  waitingSagaId: string;
  /** Names this call within its saga: `reserve-inventory#1`. */
  stepKey: string;
  /**
   * The same for every attempt of this call, different for every other: what systems without keys of their own are
   * told.
   */
  idempotencyKey: string;
  /** When the saga first made this call, milliseconds; the same for every attempt. */
  at: number;
  /** What an earlier `pending` answer left for the next asking. */
  ticket: T | undefined;
  /** An id that every attempt of this call derives alike. `parts` tell several apart. */
  newId(kind: IdKind, ...parts: readonly (string | number)[]): string;
  /** The origin to give to the lifecycle. */
  origin: { actor: string; sagaId: string; stepKey: string };
}

export interface Retry {
  attempts: number;
  firstSeconds: number;
  /** Waits double up to this. */
  longestSeconds: number;
}

export interface Undo<I> {
  name: string;
  /**
   * Works from the input alone: right even if `run` never answered. Undoing what never happened succeeds. Refused, it
   * stays undone like one that throws; what it had begun is over, and the next attempt begins anew.
   */
  run(input: I, deps: Deps, context: StepContext<string>): Promise<void | StepPending | StepRefused>;
}

export interface StepDeclaration<I extends z.ZodType, O extends z.ZodType, T extends z.ZodType = z.ZodType<string>> {
  /** Verb and noun, as a technician would say it. Also the registered activity's name. */
  name: string;
  input: I;
  output: O;
  /** What the step remembers while it is `pending`; a text, such as the id of a job, where nothing is said. */
  ticket?: T;
  /** Twice is the same as once. Throw to be retried, return to be judged. Never sleeps: answers `pending`. */
  run(
    input: z.infer<I>,
    deps: Deps,
    context: StepContext<z.output<T>>,
  ): Promise<z.infer<O> | StepPending<z.input<T>> | StepRefused>;
  undo: Undo<z.infer<I>> | NoUndo;
  retry?: Partial<Retry>;
  /** How long the step may answer `pending` in all, milliseconds. Then it has failed. */
  atMost?: number;
  /** False where giving up in the middle of a write would leave hardware half done. */
  isInterruptible?: boolean;
}

/** Why a step has no undo. A decision, written down. */
export interface NoUndo {
  nothing: string;
}
export const nothing = (reason: string): NoUndo => ({ nothing: reason });

export type StepAnswered = { outcome: 'done'; output: unknown } | StepPending | StepRefused;

/**
 * A declared step. It parses what it is called with and what it answers, so whoever runs it needs none of its types;
 * `I` and `O` are for the stories that use it. On the way the ticket is text.
 */
export interface Step<I extends z.ZodType = z.ZodType, O extends z.ZodType = z.ZodType> {
  readonly name: string;
  readonly input: I;
  readonly output: O;
  readonly retry: Retry;
  readonly atMost: number;
  readonly isInterruptible: boolean;
  run(rawInput: unknown, deps: Deps, context: StepContext<string>): Promise<StepAnswered>;
  readonly undo: Undo<unknown> | NoUndo;
}

/**
 * An outside system that does not answer for an hour undoes nothing: what people have bought and built is not taken
 * back because something is being upgraded.
 */
const usualRetry: Retry = { attempts: 20, firstSeconds: 1, longestSeconds: 300 };
const oneDay = 86_400_000;

/** Declares a step and its undo side by side. */
export function step<I extends z.ZodType, O extends z.ZodType, T extends z.ZodType = z.ZodType<string>>(
  declaration: StepDeclaration<I, O, T>,
): Step<I, O> {
  const { name, input, output, undo } = declaration;
  const isText = declaration.ticket === undefined;
  const ticketSchema = (declaration.ticket ?? z.string()) as z.ZodType as T; // T is that of a text where none is given
  const writeTicket = (ticket: z.input<T>): string => (isText ? String(ticket) : JSON.stringify(ticket));
  const readTicket = (ticket: string): z.output<T> =>
    parse(ticketSchema, isText ? ticket : JSON.parse(ticket), `ticket of step ${name}`);
  return {
    name,
    input,
    output,
    retry: { ...usualRetry, ...declaration.retry },
    atMost: declaration.atMost ?? oneDay,
    isInterruptible: declaration.isInterruptible ?? true,
    run: async (rawInput, deps, { ticket, ...context }) => {
      const answer = await declaration.run(parse(input, rawInput, `input of step ${name}`), deps, {
        ...context,
        ticket: ticket === undefined ? undefined : readTicket(ticket),
      });
      if (isPending<z.input<T>>(answer)) return { ...answer, ticket: writeTicket(answer.ticket) };
      if (isRefused(answer)) return answer;
      return { outcome: 'done', output: parse(output, answer ?? {}, `result of step ${name}`) };
    },
    undo: hasUndo(undo)
      ? {
          name: undo.name,
          run: (rawInput, deps, context) => undo.run(parse(input, rawInput, `input of ${undo.name}`), deps, context),
        }
      : undo,
  };
}

const outcomeOf = (answer: unknown): unknown =>
  typeof answer === 'object' && answer !== null && 'outcome' in answer ? answer.outcome : undefined;
const isPending = <T>(answer: unknown): answer is StepPending<T> => outcomeOf(answer) === 'pending';
const isRefused = (answer: unknown): answer is StepRefused => outcomeOf(answer) === 'refused';

export const hasUndo = <U extends object>(undo: U | NoUndo): undo is Exclude<U, NoUndo> => !('nothing' in undo);

export const pending = <T>(answer: Omit<StepPending<T>, 'outcome'>): StepPending<T> => ({
  outcome: 'pending',
  ...answer,
});
export { refused };
