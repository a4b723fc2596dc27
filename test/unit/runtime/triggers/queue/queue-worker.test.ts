import { expect, it } from '@jest/globals';
import { createMemoryQueueStore } from '../../../../../runtime/triggers/queue/memory-queue-store.ts';
import { queueMetadata } from '../../../../../runtime/triggers/queue/metadata.ts';
import type { QueueMessage } from '../../../../../runtime/triggers/queue/queue-store.ts';
import { QueueWorker, type QueueOptions } from '../../../../../runtime/triggers/queue/queue-worker.ts';
import { CommandedTime, recordedLog, settle } from '../kit.ts';

const defaults: QueueOptions = {
  batchSize: 16,
  newBatchThreshold: 8,
  maxDequeueCount: 5,
  visibilityTimeout: 0,
  maxPollingInterval: 60_000,
  messageEncoding: 'none',
};

function aQueue(
  handle: (text: string, message: QueueMessage) => Promise<void> | void = () => {},
  options: Partial<QueueOptions> = {},
) {
  const time = new CommandedTime();
  const store = createMemoryQueueStore(time);
  const log = recordedLog();
  const seen: { text: string; count: number }[] = [];
  const worker = new QueueWorker({
    functionName: 'onQueue',
    queue: 'in',
    options: { ...defaults, ...options },
    store,
    time,
    log,
    call: async (message, text) => {
      seen.push({ text, count: message.dequeueCount });
      await handle(text, message);
    },
  });
  return { time, store, seen, log, worker };
}

it('hands over each message once and forgets it', async () => {
  const { worker, store, seen } = aQueue();
  await store.send('in', ['one']);
  worker.start();
  await store.send('in', ['two', 'three']);
  await settle();
  await worker.stop();
  expect(seen.map(({ text }) => text)).toEqual(['one', 'two', 'three']);
  expect(store.bodies('in')).toEqual([]);
});

it('shows a failed message again, then sets it aside as poison', async () => {
  const { worker, store, seen, log } = aQueue((text) => {
    if (text === 'bad') throw new Error('no');
  });
  worker.start();
  await store.send('in', ['bad', 'good']);
  await settle();
  await worker.stop();
  expect(seen.filter(({ text }) => text === 'bad').map(({ count }) => count)).toEqual([1, 2, 3, 4, 5]);
  expect([store.bodies('in'), store.bodies('in-poison')]).toEqual([[], ['bad']]);
  expect(log.lines).toMatchObject([
    { level: 'error', fields: { queue: 'in' }, message: expect.stringContaining('in-poison') },
  ]);
});

it('keeps a failed message hidden for the visibility timeout', async () => {
  const { worker, store, seen, time } = aQueue(
    () => {
      throw new Error('no');
    },
    { visibilityTimeout: 30_000 },
  );
  worker.start();
  await store.send('in', ['x']);
  await time.by(29_999);
  expect(seen).toHaveLength(1);
  await time.by(1);
  expect(seen).toHaveLength(2);
  await worker.stop();
});

it('sets aside without a call what took its host down on every attempt', async () => {
  const { worker, store, seen } = aQueue();
  await store.send('in', ['deadly']);
  for (let crash = 0; crash < 5; crash++) {
    const [message] = (await store.receive('in', 1)).messages;
    if (message) await store.giveBack(message, 0);
  }
  worker.start();
  await settle();
  await worker.stop();
  expect(seen).toEqual([]);
  expect(store.bodies('in-poison')).toEqual(['deadly']);
});

it('takes another batch only when few enough are under way', async () => {
  const finish: (() => void)[] = [];
  const { worker, store, seen } = aQueue(() => new Promise<void>((resolve) => finish.push(resolve)), {
    batchSize: 4,
    newBatchThreshold: 2,
  });
  await store.send(
    'in',
    Array.from({ length: 12 }, (_, i) => String(i)),
  );
  worker.start();
  await settle();
  expect(seen).toHaveLength(4);
  finish.shift()?.();
  await settle();
  expect(seen).toHaveLength(4);
  finish.shift()?.();
  await settle();
  expect(seen).toHaveLength(8);
  const stopped = worker.stop();
  while (finish.length > 0) finish.shift()?.();
  await stopped;
  expect(store.bodies('in')).toHaveLength(4);
});

it('removes a finished message although the store was away for a while', async () => {
  const { worker, store, time } = aQueue();
  let refusals = 3;
  const remove = store.remove;
  store.remove = async (message) => {
    if (refusals-- > 0) throw new Error('the store is away');
    return remove(message);
  };
  worker.start();
  await store.send('in', ['x']);
  await time.by(1000);
  expect(store.bodies('in')).toEqual([]);
  await worker.stop();
});

it('reads base64 bodies and sets aside what is none', async () => {
  const { worker, store, seen } = aQueue(() => {}, { messageEncoding: 'base64' });
  await store.send('in', [Buffer.from('hello ✓').toString('base64'), 'not base64!']);
  worker.start();
  await settle();
  await worker.stop();
  expect(seen.map(({ text }) => text)).toEqual(['hello ✓']);
  expect(store.bodies('in-poison')).toEqual(['not base64!']);
});

it('lets properties of a JSON message take the place of the queue’s own metadata', () => {
  const message: QueueMessage = {
    id: '7',
    queue: 'in',
    body: '',
    dequeueCount: 2,
    insertedAt: Date.parse('2026-01-05T12:00:00Z'),
  };
  const plain = queueMetadata(message, 'text', message.insertedAt);
  expect(Object.keys(plain).sort()).toEqual([
    'DequeueCount',
    'ExpirationTime',
    'Id',
    'InsertionTime',
    'NextVisibleTime',
    'PopReceipt',
    'QueueTrigger',
  ]);
  expect([plain['Id'], plain['InsertionTime'], plain['DequeueCount']]).toEqual([
    '"7"',
    '"2026-01-05T12:00:00+00:00"',
    '2',
  ]);
  const overridden = queueMetadata(message, '{"ID":"mine","serverId":"srv_1","tags":[1]}', message.insertedAt);
  expect([overridden['Id'], overridden['serverId'], overridden['tags']]).toEqual(['"mine"', '"srv_1"', undefined]);
});
