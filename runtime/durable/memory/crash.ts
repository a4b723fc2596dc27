import type { Gap } from '../worker/options.ts';

/** Decides in every gap whether the process dies there. */
export type CrashPlan = (gap: Gap, instanceId: string) => boolean;

/** Dies once, at the `occurrence`-th (from 1) time it comes through that gap. */
export function crashAt(wanted: Gap, occurrence = 1): CrashPlan {
  let seen = 0;
  return (gap) => gap === wanted && ++seen === occurrence;
}

export const everyGap: readonly Gap[] = [
  'after-claim',
  'before-activity',
  'after-activity',
  'before-timer-turn',
  'before-commit',
  'before-entity-commit',
  'after-commit',
];
