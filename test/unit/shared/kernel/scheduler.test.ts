import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { days } from '../../../../shared/kernel/durations.ts';
import { systemScheduler, waitUntil } from '../../../../shared/kernel/scheduler.ts';

beforeEach(() => void jest.useFakeTimers());
afterEach(() => void jest.useRealTimers());

describe('the machine’s scheduler', () => {
  it('calls at the moment, also where that is further away than one timer reaches', async () => {
    const called: number[] = [];
    const at = systemScheduler.now() + days(60);
    systemScheduler.schedule(at, () => void called.push(systemScheduler.now()));
    await jest.advanceTimersByTimeAsync(days(60) - 1);
    expect(called).toEqual([]);
    await jest.advanceTimersByTimeAsync(1);
    expect(called).toEqual([at]);
  });

  it('does not call what was cancelled', async () => {
    const called: string[] = [];
    systemScheduler.schedule(systemScheduler.now() + 10, () => void called.push('late'))();
    await jest.advanceTimersByTimeAsync(20);
    expect(called).toEqual([]);
  });

  it('ends a wait at its moment or when it is aborted, and keeps no timer', async () => {
    const abort = new AbortController();
    const wait = waitUntil(systemScheduler, systemScheduler.now() + 1000, abort.signal);
    abort.abort();
    await wait;
    expect(jest.getTimerCount()).toBe(0);
    const whole = waitUntil(systemScheduler, systemScheduler.now() + 1000, new AbortController().signal);
    await jest.advanceTimersByTimeAsync(1000);
    await expect(whole).resolves.toBeUndefined();
  });
});
