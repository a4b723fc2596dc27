/** Where the host takes time from: the machine in service, a commanded clock in tests. */
export interface Time {
  /** Milliseconds since 1970, UTC. */
  now(): number;
  /** Calls `run` at that moment or as soon after as possible. Answers a function that calls it off. */
  schedule(atMilliseconds: number, run: () => void | Promise<void>): () => void;
}

/** setTimeout counts in 32 bits: a longer wait is made of several. */
const longestTimeout = 2 ** 31 - 1;

export const systemTime: Time = {
  now: () => Date.now(),
  schedule: (at, run) => {
    let timer: NodeJS.Timeout;
    const arm = () => {
      const remaining = at - Date.now();
      timer =
        remaining > longestTimeout
          ? setTimeout(arm, longestTimeout)
          : setTimeout(() => void run(), Math.max(0, remaining));
    };
    arm();
    return () => clearTimeout(timer);
  },
};

/** Resolves at the moment given, or at once when the signal aborts. Never rejects: look at the signal. */
export function waitUntil(time: Time, atMilliseconds: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal?.aborted) return resolve();
    const end = () => {
      cancel();
      signal?.removeEventListener('abort', end);
      resolve();
    };
    const cancel = time.schedule(atMilliseconds, end);
    signal?.addEventListener('abort', end, { once: true });
  });
}
