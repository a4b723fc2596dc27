import { isoTime } from '../../shared/kernel/clock.ts';
import type { Scheduler } from '../../shared/kernel/scheduler.ts';
import type { EdgeLog } from './log.ts';

export interface FaultStatus {
  /** Since the agent started. */
  count: number;
  last: { at: string; reason: string } | null;
}

/** Counts and logs the faults of one part of the agent that did not stop it. The last one is shown until the next. */
export class ErrorCounter {
  #count = 0;
  #last: FaultStatus['last'] = null;
  readonly #options: { part: string; datacenter: string; time: Scheduler; log: EdgeLog };

  constructor(options: { part: string; datacenter: string; time: Scheduler; log: EdgeLog }) {
    this.#options = options;
  }

  readonly record = (reason: string): void => {
    const { part, datacenter, time, log } = this.#options;
    this.#count += 1;
    this.#last = { at: isoTime(time.now()), reason };
    log.fault({ datacenter, part, reason });
  };

  status(): FaultStatus {
    return { count: this.#count, last: this.#last };
  }
}
