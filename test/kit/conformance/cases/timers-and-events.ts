import { expect } from '@jest/globals';
import type { Given } from '../harness.ts';

export function timerAndEventCases({ it, run, start, toEnd, raise, untilWaiting, client }: Given): void {
  it('fires a timer not before its time', async () => {
    expect(await run('timer', { milliseconds: 30 })).toBeGreaterThanOrEqual(30);
  });

  it('fires a timer of the past at once', async () => {
    expect(await run('past-timer')).toBe('fired');
  });

  it('keeps a timer of 400 days as one timer', async () => {
    const instanceId = await start('event-or-timeout', { milliseconds: 400 * 86_400_000 });
    await untilWaiting(instanceId);
    await raise(instanceId, 'go', 'early');
    expect(await toEnd(instanceId)).toMatchObject({ status: 'Completed', output: '{"got":"early"}' });
  });

  it('takes the event when it comes before the timeout', async () => {
    const instanceId = await start('event-or-timeout', { milliseconds: 60_000 });
    await untilWaiting(instanceId);
    await raise(instanceId, 'go', { v: 1 });
    expect(await toEnd(instanceId)).toMatchObject({ output: '{"got":{"v":1}}' });
  });

  it('takes the timeout when no event comes', async () => {
    expect(await run('event-or-timeout', { milliseconds: 20 })).toBe('timeout');
  });

  it('stays running until a timer nobody cancelled has fired', async () => {
    const instanceId = await start('timer-left-running', { milliseconds: 200 });
    await untilWaiting(instanceId);
    await raise(instanceId, 'go');
    await toEnd(instanceId);
    const history = await client().history(instanceId);
    expect(history.at(-2)?.Timestamp.getTime()).toBeGreaterThanOrEqual((history[0]?.Timestamp.getTime() ?? 0) + 200);
  });

  it('keeps events that come early, in order', async () => {
    const instanceId = await start('three-events');
    for (const value of [1, 2, 3]) await raise(instanceId, 'event', value);
    expect(await toEnd(instanceId)).toMatchObject({ output: '[1,2,3]' });
  });

  it('tells event names apart, with their case', async () => {
    const instanceId = await start('events-and-activity');
    await raise(instanceId, 'A', 'wrong case');
    await raise(instanceId, 'b', 'B');
    await raise(instanceId, 'a', 'A');
    expect(await toEnd(instanceId)).toMatchObject({ output: '["A","B",1]' });
  });

  it('gives an event without content as undefined', async () => {
    const instanceId = await start('event-without-input');
    await raise(instanceId, 'go');
    expect(await toEnd(instanceId)).toMatchObject({ output: '"undefined"' });
  });

  it('takes an event of half a megabyte', async () => {
    const instanceId = await start('event-without-input');
    const large = 'ü'.repeat(250_000);
    await raise(instanceId, 'go', large);
    expect(JSON.parse((await toEnd(instanceId)).output ?? '')).toBe(large);
  });
}
