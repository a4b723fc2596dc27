import { expect } from '@jest/globals';
import type { Given } from '../harness.ts';

export function retryCases({ it, run, start, toEnd, id, history, client }: Given): void {
  it('retries until an activity succeeds', async () => {
    const instanceId = id();
    expect(await run('retry', { key: instanceId, failures: 2, attempts: 4, backoff: 2, longest: 15 }, instanceId)).toBe(
      `${instanceId} ok after 3`,
    );
    expect(await history(instanceId)).toBe(
      '12 0 4#0 13 | 12 6(0) 10#1 13 | 12 11(1) 4#2 13 | 12 6(2) 10#3 13 | 12 11(3) 4#4 13 | 12 5(4) 1 13 |',
    );
  });

  it('throws the last error when all attempts failed, after one more timer that is due at once', async () => {
    const instanceId = id();
    expect(await run('retry', { key: instanceId, failures: 99, attempts: 2 }, instanceId)).toEqual({
      caught: `Activity function 'flaky' failed: ${instanceId} failed #2`,
      after: 'after',
    });
    expect(await history(instanceId)).toBe(
      '12 0 4#0 13 | 12 6(0) 10#1 13 | 12 11(1) 4#2 13 | 12 6(2) 10#3 13 | 12 11(3) 4#4 13 | 12 5(4) 1 13 |',
    );
  });

  it('waits longer from attempt to attempt, but never longer than allowed', async () => {
    const instanceId = await start('retry', {
      key: id(),
      failures: 4,
      first: 10,
      attempts: 9,
      backoff: 2,
      longest: 35,
    });
    await toEnd(instanceId);
    const timers = (await client().history(instanceId)).flatMap((event) =>
      'FireAt' in event && event.EventId >= 0 ? [Date.parse(event.FireAt) - event.Timestamp.getTime()] : [],
    );
    expect(timers).toEqual([10, 20, 35, 35]);
  });

  it('gives up when the time for retries has passed, where Azure hangs', async () => {
    const key = id();
    expect(await run('retry', { key, failures: 99, first: 10, attempts: 6, timeout: 15 })).toMatchObject({
      caught: expect.stringMatching(/^Activity function 'flaky' failed: .* failed #[123]$/),
      after: 'after',
    });
  });

  it('keeps numbers apart when retries run beside other tasks', async () => {
    const instanceId = id();
    expect(await run('retry-among-others', undefined, instanceId)).toEqual([
      `${instanceId}-a ok after 3`,
      'slow',
      `${instanceId}-b ok after 4`,
      'last',
    ]);
  });

  it('tells a further attempt from the same activity called afterwards', async () => {
    const instanceId = id();
    expect(await run('retry-awaited-later', undefined, instanceId)).toEqual({
      value: `${instanceId} ok after 3`,
      last: `${instanceId}-last ok after 1`,
    });
  });

  it('retries a sub-orchestration', async () => {
    const instanceId = id();
    expect(await run('child-with-retry', undefined, instanceId)).toBe(`${instanceId} ok after 2`);
  });
}
