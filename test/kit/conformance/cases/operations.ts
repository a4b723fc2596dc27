import { expect } from '@jest/globals';
import { broken, effects } from '../app.ts';
import type { Given } from '../harness.ts';

export function operationCases({
  it,
  run,
  start,
  toEnd,
  raise,
  id,
  client,
  untilWaiting,
  untilStatus,
  runUntil,
}: Given): void {
  it('refuses to start what it does not know, and ids that are none', async () => {
    await expect(client().start({ name: 'no-such' })).rejects.toMatchObject({ code: 'unknown-function' });
    await expect(client().start({ name: 'chain', instanceId: '@x@y' })).rejects.toMatchObject({ code: 'invalid-id' });
    await expect(client().start({ name: 'chain', instanceId: 'a/b' })).rejects.toMatchObject({ code: 'invalid-id' });
    for (const instanceId of ['', 'x'.repeat(101), 'a\u0000b', 'a\nb', 'half a \ud83d', 'a?b', 'a#b', 'a\\b']) {
      await expect(client().start({ name: 'chain', instanceId })).rejects.toMatchObject({ code: 'invalid-id' });
    }
    await expect(client().start({ name: 'chain', version: '1\u0000' })).rejects.toMatchObject({ code: 'invalid-id' });
  });

  it('carries text of every kind through inputs, events, outputs and reasons', async () => {
    const text = 'ünï\u2028 "quoted" \\ \u0000 half \ud83d {"json":[1]}';
    const echoed = await run('chain', text);
    expect(echoed).toMatchObject({ b: { a: text.toUpperCase() } });
    const instanceId = await start('three-events', { text });
    for (let count = 0; count < 3; count += 1) await raise(instanceId, 'event', text);
    expect(JSON.parse((await toEnd(instanceId)).output ?? '')).toEqual([text, text, text]);
    expect(await run('throws-what-it-is-given', { text })).toMatchObject({ caught: expect.stringContaining('ünï') });
    const ended = await start('three-events');
    await client().terminate(ended, text);
    expect((await toEnd(ended)).output).toBe(text.toWellFormed().replace('\0', ''));
  });

  it('makes up an id where none is given', async () => {
    const instanceId = await client().start({ name: 'chain' });
    expect(await toEnd(instanceId)).toMatchObject({ instanceId, status: 'Completed' });
  });

  it('starts an id once while it runs, and again when it has ended', async () => {
    const instanceId = await start('three-events');
    await expect(start('three-events', undefined, instanceId)).rejects.toMatchObject({ code: 'already-exists' });
    for (const value of [1, 2, 3]) await raise(instanceId, 'event', value);
    await toEnd(instanceId);
    expect(await run('chain', 'again', instanceId)).toMatchObject({ a: 'AGAIN' });
  });

  it('lets one of many simultaneous starts of an id succeed', async () => {
    const instanceId = id();
    const tries = await Promise.allSettled(
      Array.from({ length: 10 }, () => start('three-events', undefined, instanceId)),
    );
    expect(tries.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
  });

  it('terminates with the reason as output', async () => {
    const instanceId = await start('three-events');
    await untilWaiting(instanceId);
    expect(await client().terminate(instanceId, 'because')).toBe('accepted');
    expect(await toEnd(instanceId)).toMatchObject({ status: 'Terminated', output: 'because' });
  });

  it('terminates also what is suspended', async () => {
    const instanceId = await start('three-events');
    await client().suspend(instanceId, null);
    await untilStatus(instanceId, 'Suspended');
    await client().terminate(instanceId, 'because');
    await untilStatus(instanceId, 'Terminated');
  });

  it('answers what became of a message', async () => {
    const ended = await start('chain');
    await toEnd(ended);
    expect(await client().raiseEvent(ended, 'go', null)).toBe('finished');
    expect(await client().terminate(ended, null)).toBe('finished');
    expect(await client().raiseEvent('nobody', 'go', null)).toBe('not-found');
    expect(await client().suspend('nobody', null)).toBe('not-found');
    expect(await client().rewind(ended, null)).toBe('finished');
    expect(await client().rewind('nobody', null)).toBe('not-found');
  });

  it('keeps messages while suspended and plays them in order when resumed', async () => {
    const instanceId = await start('three-events');
    await raise(instanceId, 'event', 1);
    await client().suspend(instanceId, 'hold');
    await untilStatus(instanceId, 'Suspended');
    await raise(instanceId, 'event', 2);
    await raise(instanceId, 'event', 3);
    expect(await client().status(instanceId)).toMatchObject({ status: 'Suspended' });
    await client().resume(instanceId, 'go on');
    expect(await toEnd(instanceId)).toMatchObject({ status: 'Completed', output: '[1,2,3]' });
  });

  it('keeps what an activity answers while suspended, and does not run it again', async () => {
    const instanceId = await start('steps', { length: 3 });
    await client().suspend(instanceId, null);
    await runUntil(async () => ['Suspended', 'Completed'].includes((await client().status(instanceId))?.status ?? ''));
    await client().resume(instanceId, null);
    await toEnd(instanceId);
    expect(effects.filter((effect) => effect.startsWith(`${instanceId} `))).toEqual(
      [1, 2, 3].map((step) => `${instanceId} step ${step}`),
    );
  });

  it('rewinds: what failed is tried again, what succeeded is not', async () => {
    const key = id();
    broken.add(key);
    const instanceId = await start('repairable-step', { key });
    expect(await toEnd(instanceId)).toMatchObject({ status: 'Failed' });
    broken.delete(key);
    expect(await client().rewind(instanceId, 'repaired')).toBe('accepted');
    expect(await toEnd(instanceId)).toMatchObject({ status: 'Completed', output: `"${key} works"` });
    expect(effects.filter((effect) => effect.includes(key))).toEqual([`${key} before`, `tried ${key}`, `tried ${key}`]);
  });

  it('rewinds through retries and their timers', async () => {
    const key = id();
    broken.add(key);
    const instanceId = await start('repairable-with-retry', { key });
    expect(await toEnd(instanceId)).toMatchObject({ status: 'Failed' });
    broken.delete(key);
    await client().rewind(instanceId, null);
    expect(await toEnd(instanceId)).toMatchObject({
      status: 'Completed',
      output: `{"before":"${key} works","after":"after"}`,
    });
  });

  it('rewinds a parent by rewinding its child', async () => {
    const key = id();
    broken.add(key);
    const instanceId = await start('repairable-parent', { key });
    expect(await toEnd(instanceId)).toMatchObject({ status: 'Failed' });
    broken.delete(key);
    await client().rewind(instanceId, null);
    expect(await toEnd(instanceId)).toMatchObject({ status: 'Completed', output: `"${key} works"` });
    expect(effects.filter((effect) => effect === `${key} before`)).toHaveLength(1);
  });

  it('can be rewound again when it fails again', async () => {
    const key = id();
    broken.add(key);
    const instanceId = await start('repairable-step', { key });
    await toEnd(instanceId);
    await client().rewind(instanceId, null);
    await runUntil(async () => effects.filter((effect) => effect === `tried ${key}`).length === 2);
    expect(await toEnd(instanceId)).toMatchObject({ status: 'Failed' });
    broken.delete(key);
    await client().rewind(instanceId, null);
    expect(await toEnd(instanceId)).toMatchObject({ status: 'Completed' });
  });

  it('purges what has ended, and nothing else', async () => {
    const running = await start('three-events');
    const ended = await start('chain');
    await toEnd(ended);
    expect(await client().purge(running)).toBe(0);
    expect(await client().purge(ended)).toBe(1);
    expect(await client().purge(ended)).toBe(0);
    expect(await client().status(ended)).toBeUndefined();
    expect(await client().history(ended)).toEqual([]);
    expect(await client().status(running)).toBeDefined();
  });

  it('purges by status, time and id', async () => {
    const prefix = `${id()}-purge`;
    for (const each of ['a', 'b', 'c']) await toEnd(await start('chain', each, `${prefix}-${each}`));
    await toEnd(await start('thrower', {}, `${prefix}-d`));
    expect(await client().purgeWhere({ idPrefix: prefix, statuses: ['Completed'], createdFrom: 0 })).toBe(3);
    expect(await client().purgeWhere({ idPrefix: prefix, createdTo: 1 })).toBe(0);
    expect((await client().query({ idPrefix: prefix })).instances.map(({ status }) => status)).toEqual(['Failed']);
  });

  it('lists instances page by page, each once', async () => {
    const prefix = `${id()}-page`;
    const names = ['a', 'b', 'c', 'd', 'e'];
    for (const each of names) await start('three-events', undefined, `${prefix}-${each}`);
    const seen: string[] = [];
    for (let after: string | undefined, more = true; more;) {
      const page = await client().query({ idPrefix: prefix }, { size: 2, ...(after !== undefined && { after }) });
      expect(page.instances.length).toBeLessThanOrEqual(2);
      seen.push(...page.instances.map(({ instanceId }) => instanceId));
      after = page.next;
      more = after !== undefined;
    }
    expect(seen).toEqual(names.map((each) => `${prefix}-${each}`));
  });

  it('keeps a thousand instances waiting and wakes each when its event comes', async () => {
    const prefix = `${id()}-crowd`;
    const crowd = await Promise.all(
      Array.from({ length: 1_000 }, (_, index) => start('event-without-input', undefined, `${prefix}-${index}`)),
    );
    await runUntil(
      async () =>
        (await client().query({ idPrefix: prefix, statuses: ['Pending'] }, { size: 1 })).instances.length === 0,
    );
    await Promise.all(crowd.map((instanceId, index) => raise(instanceId, 'go', index)));
    await runUntil(
      async () =>
        (await client().query({ idPrefix: prefix, statuses: ['Running', 'Pending'] }, { size: 1 })).instances.length ===
        0,
    );
    const { instances } = await client().query({ idPrefix: prefix, statuses: ['Completed'] });
    expect(new Set(instances.map(({ output }) => output)).size).toBe(1_000);
  });
}
