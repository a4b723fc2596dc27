import type { HostLog } from '../../core/log.ts';
import type { Time } from '../../core/time.ts';
import type { DurableApp } from '../contract/engine.ts';
import type { TurnOptions } from '../core/turn.ts';

/** Points where a process can die between two things that should happen together. */
export type Failpoint =
  | 'after-claim'
  | 'before-activity'
  | 'after-activity'
  | 'before-timer-turn'
  | 'before-commit'
  | 'before-entity-commit'
  | 'after-commit';

export interface WorkerOptions {
  app: DurableApp;
  time: Time;
  log: HostLog;
  newId: () => string;
  turn: TurnOptions;
  /** host.json: extensions.durableTask.maxConcurrentActivityFunctions. */
  maxConcurrentActivities: number;
  /** host.json: maxConcurrentOrchestratorFunctions. Instances attended to at a time; those that wait do not count. */
  maxOwnedInstances: number;
  /** How long to rest at most before looking for work nobody announced. */
  pollMilliseconds: number;
  /** How long stop() waits for what is under way. */
  graceMilliseconds: number;
  /** Simulation only: which of several ready things goes first (default: the oldest). */
  pickNext: (count: number) => number;
  /** Simulation only: called at every failpoint; a process that dies there never comes back from the call. */
  failpoint: ((failpoint: Failpoint, instanceId: string) => Promise<void>) | undefined;
  /** Simulation only: stops virtual time while something is in flight; the answer lets it go on. */
  blockTime: () => () => void;
  /** Simulation only: what an instance waits for after a turn. */
  observe: ((instanceId: string, waitsFor: readonly string[]) => void) | undefined;
}
