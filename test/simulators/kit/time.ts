/**
 * Time as the simulated company sees it. In the lab it is the machine's clock; in tests the engine's virtual
 * clock fits this shape, so that a week of waiting takes no time and always in the same order.
 */
export interface SimTime {
  /** Milliseconds since 1970. */
  now(): number;
  /** Calls `run` at that moment or as soon after as possible. Answers a function that calls it off. */
  schedule(atMilliseconds: number, run: () => void | Promise<void>): () => void;
}

export const realTime: SimTime = {
  now: () => Date.now(),
  schedule: (at, run) => {
    const timer = setTimeout(() => void run(), Math.max(0, at - Date.now()));
    return () => clearTimeout(timer);
  },
};
