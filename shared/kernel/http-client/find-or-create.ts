import { CallFailed } from './failure.ts';

/**
 * Creates once in a system that knows no idempotency keys: looks by the natural key first, and again when the
 * creating failed in a way that may have created all the same (a lost or garbled answer, somebody faster).
 * Rethrows when there is still nothing, so that the caller's retry begins with looking again.
 */
export async function findOrCreate<Found>(
  find: () => Promise<Found | undefined>,
  create: () => Promise<Found>,
): Promise<Found> {
  const known = await find();
  if (known !== undefined) return known;
  try {
    return await create();
  } catch (error) {
    if (!(error instanceof CallFailed) || error.failure === 'auth') throw error;
    const found = await find();
    if (found === undefined) throw error;
    return found;
  }
}
