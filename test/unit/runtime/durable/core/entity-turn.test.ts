import { expect, it } from '@jest/globals';
import type { DurableApp } from '../../../../../runtime/durable/contract/engine.ts';
import type { Instance } from '../../../../../runtime/durable/contract/instance.ts';
import type { EntityMessage } from '../../../../../runtime/durable/contract/messages.ts';
import { runEntityTurn } from '../../../../../runtime/durable/core/entity-turn.ts';

const at = Date.UTC(2026, 0, 1);
const entity = (parts: Partial<Instance> = {}): Instance => ({
  instanceId: '@counter@a',
  executionId: '',
  name: 'counter',
  version: null,
  status: 'Running',
  input: null,
  output: null,
  customStatus: null,
  parent: null,
  createdAt: at,
  updatedAt: at,
  turn: 0,
  state: null,
  lock: null,
  ...parts,
});

interface Batch {
  batch: { name: string }[];
}

/** Records what each call was handed; every operation answers its own name. */
function visit(
  messages: readonly EntityMessage[],
  { instance = entity(), alive = true, answer }: { instance?: Instance; alive?: boolean; answer?: object } = {},
) {
  const calls: string[][] = [];
  const app = {
    runEntity: async (_: string, payload: object) => {
      const { batch } = payload as Batch;
      calls.push(batch.map(({ name }) => name));
      return (
        answer ?? {
          entityExists: true,
          entityState: '"state"',
          results: batch.map(({ name }) => ({ isError: false, result: JSON.stringify(name) })),
          signals: [],
        }
      );
    },
  } as unknown as DurableApp;
  const inbox = messages.map((each, index) => ({ rowId: String(index), executionId: null, entity: each }));
  const turn = runEntityTurn({
    instance,
    messages: inbox,
    app,
    now: at,
    newId: () => 'new',
    isAlive: async () => alive,
  });
  return turn.then((result) => ({
    calls,
    result,
    left: inbox.filter((message) => !result.consumed.includes(message)).map(({ rowId }) => rowId),
  }));
}

const op = (name: string, parent = 'p'): EntityMessage => ({
  op: name,
  id: `${parent}-${name}`,
  parent,
  parentExecution: 'x',
});
const lock = (parent = 'p', lockset = ['@counter@a'], pos = 0): EntityMessage => ({
  op: null,
  id: `lock-${parent}`,
  parent,
  parentExecution: 'x',
  lockset,
  pos,
});
const release = (parent = 'p'): EntityMessage => ({ release: true, parent, id: `lock-${parent}` });

it('hands everything that waits to the function in one call, and answers each caller', async () => {
  const { calls, result } = await visit([op('a'), op('b', 'q'), { op: 'c', id: 's', signal: true }]);
  expect(calls).toEqual([['a', 'b', 'c']]);
  expect(result.after.state).toBe('"state"');
  expect(
    result.outgoing.map(({ to, event }) => [
      to,
      event && 'Name' in event && event.Name,
      event && 'Input' in event && event.Input,
    ]),
  ).toEqual([
    ['p', 'p-a', '{"result":"\\"a\\""}'],
    ['q', 'q-b', '{"result":"\\"b\\""}'],
  ]);
});

it('ends a batch at a lock request, and then runs the holder only', async () => {
  const { calls, result, left } = await visit([op('before', 'q'), lock('p'), op('other', 'q'), op('mine', 'p')]);
  expect(calls).toEqual([['before'], ['mine']]);
  expect(left).toEqual(['2']);
  expect(result).toMatchObject({
    defersRest: true,
    after: { lock: { instanceId: 'p', executionId: 'x', requestId: 'lock-p' } },
  });
});

it('passes a lock request on to the next of the set, and answers from the last', async () => {
  const both = ['@counter@a', '@counter@b'];
  expect((await visit([lock('p', both)])).result.outgoing).toMatchObject([
    { to: '@counter@b', entity: { id: 'lock-p', pos: 1 } },
  ]);
  expect((await visit([lock('p', both, 1)])).result.outgoing).toMatchObject([
    { to: 'p', executionId: 'x', event: { Name: 'lock-p' } },
  ]);
});

it('goes on with the others when the lock is given back', async () => {
  const held = entity({ lock: { instanceId: 'p', executionId: 'x', requestId: 'lock-p' } });
  const { calls, result, left } = await visit([op('waited', 'q'), lock('r'), release('p')], { instance: held });
  expect(calls).toEqual([['waited']]);
  expect(left).toEqual([]);
  expect(result.after.lock).toMatchObject({ instanceId: 'r' });
});

it('lets nobody but the holder give a lock back', async () => {
  const held = entity({ lock: { instanceId: 'p', executionId: 'x', requestId: 'lock-p' } });
  expect(
    (await visit([{ release: true, parent: 'p', id: 'an earlier lock' }], { instance: held })).result.after.lock,
  ).toMatchObject({ requestId: 'lock-p' });
});

it('gives no lock to an orchestration that has ended', async () => {
  const { result } = await visit([lock('p'), op('a', 'q')], { alive: false });
  expect(result.after.lock).toBeNull();
  expect(result.outgoing.map(({ to }) => to)).toEqual(['q']);
});

it('answers every caller with an error when the function breaks off', async () => {
  const { result } = await visit([op('a'), op('b')], { answer: { not: 'an answer' } });
  expect(result.outgoing).toHaveLength(2);
  expect(result.outgoing[0]?.event).toMatchObject({ Input: expect.stringContaining('"exceptionType":"Error"') });
  expect(result.after.state).toBeNull();
});

it('sends signals on, and forgets what was deleted', async () => {
  const { result } = await visit([op('a')], {
    instance: entity({ state: '1' }),
    answer: {
      entityExists: false,
      results: [{ isError: false }],
      signals: [{ target: { name: 'Other', key: 'K' }, name: 'go', input: '' }],
    },
  });
  expect(result.after.state).toBeNull();
  expect(result.outgoing).toMatchObject([
    { to: 'p' },
    { to: '@other@K', entity: { op: 'go', signal: true, parent: '@counter@a' } },
  ]);
});
