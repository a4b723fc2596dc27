import type { Failpoint } from '../worker/options.ts';

/** Decides at every failpoint whether the process dies there. */
export type CrashPlan = (failpoint: Failpoint, instanceId: string) => boolean;

/** Dies once, at the `occurrence`-th (from 1) time it comes to that failpoint. */
export function crashAt(wanted: Failpoint, occurrence = 1): CrashPlan {
  let seen = 0;
  return (failpoint) => failpoint === wanted && ++seen === occurrence;
}

export const everyFailpoint: readonly Failpoint[] = [
  'after-claim',
  'before-activity',
  'after-activity',
  'before-timer-turn',
  'before-commit',
  'before-entity-commit',
  'after-commit',
];
