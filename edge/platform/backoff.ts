/**
 * Waits grow by half from `firstMilliseconds` to `longestMilliseconds`, so that a client is late by little more than a
 * third of an outage. They are spread at random, so that datacenters do not all retry at once.
 */
export interface BackoffOptions {
  firstMilliseconds: number;
  longestMilliseconds: number;
  /** A number from 0 up to 1, drawn anew at each call. */
  random: () => number;
}

/** How long to wait after that many failures: between half of the full wait and all of it. */
export function backoff(failures: number, { firstMilliseconds, longestMilliseconds, random }: BackoffOptions): number {
  const full = Math.min(longestMilliseconds, firstMilliseconds * 1.5 ** Math.min(failures - 1, 50));
  return Math.round(full * (0.5 + random() / 2));
}
