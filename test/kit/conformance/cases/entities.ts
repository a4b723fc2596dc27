import { expect } from '@jest/globals';
import type { Given } from '../harness.ts';

export function entityCases({ it, run, start, toEnd, raise, id, client, runUntil, untilStatus }: Given): void {
  const stateOf = async (key: string) => (await client().readEntity('counter', key))?.state;

  it('calls and signals an entity, in order, and hears its errors', async () => {
    expect(await run('entity')).toEqual({
      first: 5,
      second: 7,
      errors: ['[object Object]', 'the entity says no'],
      after: 'after',
    });
  });

  it('applies signals of clients, in order', async () => {
    const key = id();
    for (const amount of ['1', '10', '100']) await client().signalEntity('Counter', key, 'add', amount);
    await runUntil(async () => (await stateOf(key)) === '111');
  });

  it('refuses a signal to an entity it does not know, and fails a call to one', async () => {
    await expect(client().signalEntity('no-such', 'x', 'get', null)).rejects.toMatchObject({
      code: 'unknown-function',
    });
    expect(await run('unknown-entity')).toContain("The function 'there-is-no-such-entity' doesn't exist");
  });

  it('lets an entity signal another', async () => {
    const [from, to] = [id(), id()];
    await client().signalEntity('counter', from, 'relay', JSON.stringify(to));
    await runUntil(async () => (await stateOf(to)) === '9');
  });

  it('forgets a deleted entity', async () => {
    const key = id();
    await client().signalEntity('counter', key, 'add', '1');
    await runUntil(async () => (await stateOf(key)) === '1');
    await client().signalEntity('counter', key, 'delete', null);
    await runUntil(async () => (await stateOf(key)) === undefined);
    expect((await client().queryEntities('counter')).map((entity) => entity.key)).not.toContain(key);
  });

  it('lists entities of a name', async () => {
    const key = id();
    await client().signalEntity('counter', key, 'add', '4');
    await runUntil(async () => (await stateOf(key)) === '4');
    expect(await client().queryEntities('Counter')).toContainEqual({ name: 'counter', key, state: '4' });
    expect(await client().queryEntities('others')).toEqual([]);
  });

  it('never lists entities among instances', async () => {
    await client().signalEntity('counter', id(), 'add', '1');
    expect((await client().query({})).instances.filter(({ instanceId }) => instanceId.startsWith('@'))).toEqual([]);
    expect(await client().status('@counter@x')).toBeUndefined();
  });

  it('lets one orchestration after another into a critical section', async () => {
    const entities = [id(), id()];
    const contenders = await Promise.all([1, 2, 3, 4].map(() => start('lock', { entities })));
    const results = await Promise.all(contenders.map(toEnd));
    expect(results.map(({ output }) => (JSON.parse(output ?? '{}') as { before: number }).before).sort()).toEqual([
      0, 1, 2, 3,
    ]);
    expect(await stateOf(entities[0] ?? '')).toBe('4');
    expect(await stateOf(entities[1] ?? '')).toBe('6');
  });

  it('keeps signals waiting while an entity is locked', async () => {
    const key = id();
    const instanceId = await start('lock', { entities: [key], event: 'go' });
    await client().signalEntity('counter', key, 'add', '100');
    await raise(instanceId, 'go');
    await toEnd(instanceId);
    await runUntil(async () => ['101', '201'].includes((await stateOf(key)) ?? ''));
  });

  it('gives locks back when the holder fails or is terminated', async () => {
    const entities = [id(), id()];
    expect(await run('lock', { entities, throws: true })).toMatchObject({ status: 'Failed' });
    const held = await start('lock', { entities, event: 'never' });
    await untilStatus(held, 'Running');
    await client().terminate(held, null);
    expect(await run('lock', { entities })).toMatchObject({ after: 'after' });
  });
}
