import { isoTime } from '../../shared/kernel/clock.ts';
import type { EdgeLog } from './log.ts';
import type { EdgeTime } from './time.ts';

export interface TroubleStatus {
  /** Since the start. */
  count: number;
  last: { at: string; reason: string } | null;
}

/** What went wrong in one part of the agent without ending it: counted, logged, and shown until something else does. */
export class Troubles {
  #count = 0;
  #last: TroubleStatus['last'] = null;
  readonly #options: { part: string; datacenter: string; time: EdgeTime; log: EdgeLog };

  constructor(options: { part: string; datacenter: string; time: EdgeTime; log: EdgeLog }) {
    this.#options = options;
  }

  readonly note = (reason: string): void => {
    const { part, datacenter, time, log } = this.#options;
    this.#count += 1;
    this.#last = { at: isoTime(time.now()), reason };
    log.trouble({ datacenter, part, reason });
  };

  status(): TroubleStatus {
    return { count: this.#count, last: this.#last };
  }
}
