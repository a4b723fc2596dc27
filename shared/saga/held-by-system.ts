import { minutes, seconds } from '../kernel/durations.ts';
import type { SystemOff } from '../ports/system-off.ts';
import type { StepPending } from './step.ts';

/** A step that waits for an outside system to be configured. It keeps its ticket, and may have none yet. */
export type HeldBySystem = Omit<StepPending, 'ticket'> & { ticket: string | undefined };

/**
 * What a step answers that met a system which is off: it waits until its own time is up, and is asked again each
 * quarter of an hour, and when somebody wakes its saga.
 */
export const heldBySystem = (off: SystemOff, ticket: string | undefined): HeldBySystem => ({
  outcome: 'pending',
  ticket,
  pollAfterSeconds: minutes(15) / seconds(1),
  waitingFor: off.publicMessage,
});
