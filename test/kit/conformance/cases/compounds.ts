import { expect } from '@jest/globals';
import { effects } from '../app.ts';
import type { Given } from '../harness.ts';

export function compoundCases({ it, run, start, toEnd, raise, id, untilWaiting }: Given): void {
  it('waits for all of several things', async () => {
    const instanceId = await start('events-and-activity');
    await untilWaiting(instanceId);
    await raise(instanceId, 'b', 'B');
    await raise(instanceId, 'a', 'A');
    expect(await toEnd(instanceId)).toMatchObject({ output: '["A","B",1]' });
  });

  it('lets one timer take part in many races', async () => {
    const instanceId = await start('one-timer-many-races');
    for (const value of [1, 2]) await raise(instanceId, 'race', value);
    expect(await toEnd(instanceId)).toMatchObject({ output: '{"got":[1,2,"timeout"],"tail":"tail"}' });
  });

  it('lets one pending activity take part in two races, where Azure starts it twice', async () => {
    expect(await run('one-activity-two-races')).toEqual({ first: 'fast', second: 'more', last: 'slow' });
  });

  it('runs a re-used task once also when the orchestrator throws afterwards', async () => {
    const instanceId = id();
    expect(await run('reused-task-then-throw', undefined, instanceId)).toEqual({
      status: 'Failed',
      output: "Orchestrator function 'reused-task-then-throw' failed: after the races",
    });
    expect(effects.filter((effect) => effect === `${instanceId} once`)).toHaveLength(1);
  });

  it('nests any and all', async () => {
    expect(await run('nested')).toEqual([1, 2]);
  });

  it('fails with the first failure and goes on without the others', async () => {
    const instanceId = id();
    expect(await run('all-fails-fast', undefined, instanceId)).toEqual({
      caught: `Activity function 'flaky' failed: ${instanceId} failed #1`,
      tidied: 'tidied',
    });
  });

  it('bug 1: a race never sees a task that had ended before it, as in the SDK', async () => {
    expect(await run('finished-task-in-any')).toBe('timer');
  });

  it('bug 2: a cancelled timer does not keep the instance running', async () => {
    const instanceId = await start('event-or-timeout', { milliseconds: 3_600_000 });
    await raise(instanceId, 'go', 1);
    const { status, createdAt, updatedAt } = await toEnd(instanceId);
    expect(status).toBe('Completed');
    expect(updatedAt - createdAt).toBeLessThan(3_600_000);
  });

  it('bug 3: the orchestrator reads the recorded time, the same on every replay', async () => {
    const instanceId = await start('timer', { milliseconds: 25 });
    const { output } = await toEnd(instanceId);
    expect(Number(output)).toBeGreaterThanOrEqual(25);
  });
}
