import { setTimeout as delay } from 'node:timers/promises';

/** Waits for a condition instead of a while. Fails, naming what it waited for, when it does not come. */
export async function until(
  what: string,
  condition: () => boolean | Promise<boolean>,
  atMostMilliseconds = 300_000,
): Promise<void> {
  const end = performance.now() + atMostMilliseconds;
  while (!(await condition())) {
    if (performance.now() > end) throw new Error(`Waited ${atMostMilliseconds} ms in vain for: ${what}.`);
    await delay(5);
  }
}
