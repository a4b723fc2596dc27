import { systemClock, type Clock } from '../../shared/kernel/clock.ts';

/** Time as the agent sees it: what it does later is told here, so that a test can let an hour pass at once. */
export interface EdgeTime extends Clock {
  /**
   * Calls `run` at that moment (milliseconds since 1970) or as soon after as possible. Answers a function that calls it
   * off.
   */
  schedule(at: number, run: () => void): () => void;
}

export const systemTime: EdgeTime = {
  ...systemClock,
  schedule: (at, run) => {
    const timer = setTimeout(run, Math.max(0, at - Date.now()));
    return () => clearTimeout(timer);
  },
};
