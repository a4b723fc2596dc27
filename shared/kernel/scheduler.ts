import { systemClock, type Clock } from './clock.ts';

/**
 * A clock with an agenda. Whatever is done later is scheduled here, so that a test can let an hour pass at once.
 * (`runtime/` has the same of its own: it imports nothing of the product.)
 */
export interface Scheduler extends Clock {
  /**
   * Calls `run` at that moment (milliseconds since 1970), or as soon after it as possible. Answers a function that
   * cancels the call.
   */
  schedule(at: number, run: () => void | Promise<void>): () => void;
}

/** setTimeout counts in 32 bits: a longer wait is made of several. */
const longestTimeout = 2 ** 31 - 1;

const machineScheduler = (prepare: (timer: NodeJS.Timeout) => NodeJS.Timeout): Scheduler => ({
  ...systemClock,
  schedule: (at, run) => {
    let timer: NodeJS.Timeout;
    const arm = () => {
      const remaining = at - Date.now();
      timer = prepare(
        remaining > longestTimeout
          ? setTimeout(arm, longestTimeout)
          : setTimeout(() => void run(), Math.max(0, remaining)),
      );
    };
    arm();
    return () => clearTimeout(timer);
  },
});

/** The machine's own time. */
export const systemScheduler: Scheduler = machineScheduler((timer) => timer);
/** The same, for what must not keep the process alive. */
export const backgroundScheduler: Scheduler = machineScheduler((timer) => timer.unref());

/** Resolves at that moment (milliseconds since 1970), or at once when the signal aborts. Never rejects. */
export function waitUntil(scheduler: Scheduler, at: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) return resolve();
    const end = () => {
      cancel();
      signal.removeEventListener('abort', end);
      resolve();
    };
    const cancel = scheduler.schedule(at, end);
    signal.addEventListener('abort', end, { once: true });
  });
}
