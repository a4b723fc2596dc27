import { z } from 'zod';
import { waitUntil, type Time } from '../core/time.ts';

const Seconds = z.object({ seconds: z.coerce.number().nonnegative() });

/** A function's `retry` as the library registers it. -1 retries for ever. */
export const RetryPolicy = z.discriminatedUnion('retryStrategy', [
  z.object({ retryStrategy: z.literal('fixedDelay'), maxRetryCount: z.number().int().min(-1), delayInterval: Seconds }),
  z.object({
    retryStrategy: z.literal('exponentialBackoff'),
    maxRetryCount: z.number().int().min(-1),
    minimumInterval: Seconds,
    maximumInterval: Seconds,
  }),
]);
export type RetryPolicy = z.infer<typeof RetryPolicy>;

/** What a repeated call is told about the ones before it. */
export interface RetryContext {
  retryCount: number;
  maxRetryCount: number;
  exception: { message: string; source: string; stackTrace: string };
}

export interface RetryOptions {
  time: Time;
  /** Ends the waiting: the error so far is thrown. */
  signal: AbortSignal;
  /** 0 to 1, for the jitter. */
  random?: () => number;
}

/** Calls until it succeeds or the policy is used up; then throws the last error. Without a policy, calls once. */
export async function withRetry<T>(
  policy: RetryPolicy | undefined,
  options: RetryOptions,
  attempt: (context?: RetryContext) => Promise<T>,
): Promise<T> {
  let context: RetryContext | undefined;
  for (let retryCount = 1; ; retryCount++) {
    try {
      return await attempt(context);
    } catch (error) {
      const isUsedUp = !policy || (policy.maxRetryCount >= 0 && retryCount > policy.maxRetryCount);
      if (isUsedUp || options.signal.aborted) throw error;
      await waitUntil(
        options.time,
        options.time.now() + delayBefore(policy, retryCount, options.random ?? Math.random),
        options.signal,
      );
      if (options.signal.aborted) throw error;
      context = { retryCount, maxRetryCount: policy.maxRetryCount, exception: describe(error) };
    }
  }
}

/**
 * Milliseconds. Exponential delays vary by a fifth either way, so that what failed together does not return together.
 */
function delayBefore(policy: RetryPolicy, retryCount: number, random: () => number): number {
  if (policy.retryStrategy === 'fixedDelay') return policy.delayInterval.seconds * 1000;
  const backoff = policy.minimumInterval.seconds * 1000 * 2 ** (retryCount - 1) * (0.8 + 0.4 * random());
  return Math.min(Math.max(backoff, policy.minimumInterval.seconds * 1000), policy.maximumInterval.seconds * 1000);
}

const describe = (error: unknown) => ({
  message: error instanceof Error ? error.message : String(error),
  source: '',
  stackTrace: error instanceof Error ? (error.stack ?? '') : '',
});
