import { expect } from '@jest/globals';
import type { Given } from '../harness.ts';

export function renewalCases({ it, run, start, toEnd, raise, untilWaiting, history, runUntil, client }: Given): void {
  it('continues as new, with a new input and an empty history', async () => {
    const instanceId = await start('renew', { n: 1 });
    expect(await toEnd(instanceId)).toMatchObject({ status: 'Completed', output: '"finished at 5"', input: '{"n":5}' });
    expect(await history(instanceId)).toBe('12 0 4#0 13 | 12 5(0) 1 13 |');
  });

  it('gives a text to the next generation in quotes, as Azure does', async () => {
    expect(await run('renew-with-text', {})).toBe('"second"');
  });

  it('bug 4: events that arrived together reach later generations', async () => {
    const instanceId = await start('renew-per-event', {});
    for (const value of [0, 1, 2, 3]) await raise(instanceId, 'event', value);
    expect(await toEnd(instanceId)).toMatchObject({ output: '[0,1,2,3]' });
  });

  it('bug 4: events that arrive one by one reach the generation that waits', async () => {
    const instanceId = await start('renew-per-event', {});
    for (const value of [0, 1, 2, 3]) {
      await raise(instanceId, 'event', value);
      await runUntil(async () => {
        const status = await client().status(instanceId);
        return (
          status?.status === 'Completed' ||
          (status?.input ?? '{}') === JSON.stringify({ got: Array.from({ length: value + 1 }, (_, each) => each) })
        );
      });
    }
    expect(await toEnd(instanceId)).toMatchObject({ output: '[0,1,2,3]' });
  });

  it('bug 4: an event that comes while an earlier generation no longer listens is not lost', async () => {
    const instanceId = await start('renew-after-timer', { round: 0 });
    await runUntil(async () => (await client().status(instanceId))?.input === '{"round":1}');
    await untilWaiting(instanceId);
    await raise(instanceId, 'late', 'heard');
    expect(await toEnd(instanceId)).toMatchObject({ output: '{"round":1,"seen":"heard"}' });
  });
}
