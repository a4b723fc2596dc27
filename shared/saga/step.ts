import type { z } from 'zod';
import type { IdKind, SagaId } from '../kernel/ids.ts';
import type { Deps } from './deps.ts';

/** What a step may answer beside its output: ask again later, or no and why. */
export type StepPending = {
  outcome: 'pending';
  /** Comes back in the context when the step is asked again. */
  ticket: string;
  pollAfterSeconds: number;
  /**
   * What sets the pace of asking again: machines (default), business with other companies, or we ourselves, who wake
   * the saga at once.
   */
  pace?: Pace;
  progress?: string;
  waitingFor?: string;
};
export type Pace = 'hardware' | 'business' | 'woken';
export type StepRefused = { outcome: 'refused'; reason: string };

/** What a step knows of the story it is part of. */
export interface StepContext {
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
  ticket: string | undefined;
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
  run(input: I, deps: Deps, context: StepContext): Promise<void | StepPending | StepRefused>;
}

export interface StepDeclaration<I extends z.ZodType, O extends z.ZodType> {
  /** Verb and noun, as a technician would say it. Also the registered activity's name. */
  name: string;
  input: I;
  output: O;
  /** Twice is the same as once. Throw to be retried, return to be judged. Never sleeps: answers `pending`. */
  run(input: z.infer<I>, deps: Deps, context: StepContext): Promise<z.infer<O> | StepPending | StepRefused>;
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

export type Step<I extends z.ZodType = z.ZodType, O extends z.ZodType = z.ZodType> = Readonly<StepDeclaration<I, O>> & {
  readonly retry: Retry;
  readonly atMost: number;
  readonly isInterruptible: boolean;
};
/** Any step, where its types do not matter: for registering and for lists. */
export type AnyStep = Omit<Step, 'run' | 'undo'> & {
  run(input: never, deps: Deps, context: StepContext): Promise<unknown>;
  undo:
    | NoUndo
    | (Omit<Undo<never>, 'run'> & {
        run(input: never, deps: Deps, context: StepContext): Promise<void | StepPending | StepRefused>;
      });
};

/**
 * An outside system that is away for an hour undoes nothing: what people have bought and built is not taken back
 * because something is being upgraded.
 */
const usualRetry: Retry = { attempts: 20, firstSeconds: 1, longestSeconds: 300 };
const oneDay = 86_400_000;

/** Declares a step and its undo side by side. */
export function step<I extends z.ZodType, O extends z.ZodType>(declaration: StepDeclaration<I, O>): Step<I, O> {
  return {
    ...declaration,
    retry: { ...usualRetry, ...declaration.retry },
    atMost: declaration.atMost ?? oneDay,
    isInterruptible: declaration.isInterruptible ?? true,
  };
}

export const hasUndo = (undo: AnyStep['undo']): undo is Exclude<AnyStep['undo'], NoUndo> => !('nothing' in undo);

export const pending = (answer: Omit<StepPending, 'outcome'>): StepPending => ({ outcome: 'pending', ...answer });
export const refused = (reason: string): StepRefused => ({ outcome: 'refused', reason });
