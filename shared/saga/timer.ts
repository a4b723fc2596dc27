import type { Sagas } from './client.ts';
import type { Deps } from './deps.ts';

/** A function that the clock calls. */
export interface TimerFunction {
  /** The registered name, as the file's. */
  name: string;
  /** NCRONTAB: second, minute, hour, day, month, day of the week; UTC. */
  schedule: string;
  /** May be called again, or late; one call at a time in all processes. */
  run(deps: Deps & { sagas: Sagas }): Promise<unknown>;
}

export const timerFunction = (declaration: TimerFunction): TimerFunction => declaration;
