import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { Signal } from '../../../../shared/kernel/signal.ts';

beforeEach(() => void jest.useFakeTimers());
afterEach(() => void jest.useRealTimers());

/** Whether a wait has ended, once everything that is due has run. */
async function hasEnded(wait: Promise<void>): Promise<boolean> {
  let ended = false;
  void wait.then(() => (ended = true));
  await jest.advanceTimersByTimeAsync(0);
  return ended;
}

describe('a wait for a signal', () => {
  it('ends with the notification', async () => {
    const signal = new Signal();
    const wait = signal.wait({});
    expect(await hasEnded(wait)).toBe(false);
    signal.notify();
    expect(await hasEnded(wait)).toBe(true);
  });

  it('ends at once where the notification came before, and once only', async () => {
    const signal = new Signal();
    signal.notify();
    signal.notify();
    expect(await hasEnded(signal.wait({}))).toBe(true);
    expect(await hasEnded(signal.wait({}))).toBe(false);
  });

  it('ends after its time, and leaves no timer behind when it ends earlier', async () => {
    const signal = new Signal();
    const wait = signal.wait({ atMostMilliseconds: 500 });
    await jest.advanceTimersByTimeAsync(499);
    expect(await hasEnded(wait)).toBe(false);
    await jest.advanceTimersByTimeAsync(1);
    expect(await hasEnded(wait)).toBe(true);
    const early = signal.wait({ atMostMilliseconds: 500 });
    signal.notify();
    await early;
    expect(jest.getTimerCount()).toBe(0);
  });

  it('ends when it is aborted', async () => {
    const abort = new AbortController();
    const wait = new Signal().wait({ signal: abort.signal });
    expect(await hasEnded(wait)).toBe(false);
    abort.abort();
    expect(await hasEnded(wait)).toBe(true);
    expect(await hasEnded(new Signal().wait({ signal: abort.signal }))).toBe(true);
  });
});
