/**
 * Waits that grow by half from `firstMilliseconds`, so that nobody is late by much more than a third of an outage;
 * spread, so that five datacenters do not knock at once; and never longer than `longestMilliseconds`.
 */
export interface BackoffOptions {
  firstMilliseconds: number;
  longestMilliseconds: number;
  /** A number from 0 up to 1, drawn anew at each call. */
  random: () => number;
}

/** How long to wait before the try after `failures` failed ones: between half of the full wait and all of it. */
export function backoff(failures: number, { firstMilliseconds, longestMilliseconds, random }: BackoffOptions): number {
  const full = Math.min(longestMilliseconds, firstMilliseconds * 1.5 ** Math.min(failures - 1, 50));
  return Math.round(full * (0.5 + random() / 2));
}
