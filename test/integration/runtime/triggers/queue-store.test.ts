import { afterAll, beforeAll, expect, it } from '@jest/globals';
import type { Client } from 'pg';
import { systemTime } from '../../../../runtime/core/time.ts';
import { QueueWorker } from '../../../../runtime/triggers/queue/queue-worker.ts';
import { createTestDatabase, type TestDatabase } from '../../../kit/database.ts';
import { aReplica, connect, cutOff, eventually } from './kit.ts';

let database: TestDatabase;
let client: Client;
let one: ReturnType<typeof aReplica>;
let two: ReturnType<typeof aReplica>;
beforeAll(async () => {
  database = await createTestDatabase();
  client = await connect(database.url);
  one = aReplica(database.url, 'one');
  two = aReplica(database.url, 'two');
  await one.stores.start();
  await two.stores.start();
});
afterAll(async () => {
  await one.stores.stop();
  await two.stores.stop();
  await client.end();
  await database.drop();
});

const options = {
  batchSize: 16,
  newBatchThreshold: 8,
  maxDequeueCount: 3,
  visibilityTimeout: 0,
  maxPollingInterval: 60_000,
  messageEncoding: 'none',
} as const;
function workerOf(
  replica: ReturnType<typeof aReplica>,
  queue: string,
  handle: (text: string) => Promise<void>,
): QueueWorker {
  return new QueueWorker({
    functionName: 'onQueue',
    queue,
    options,
    store: replica.stores.queues,
    time: systemTime,
    log: replica.log,
    call: (_message, text) => handle(text),
  });
}
const bodies = async (queue: string) =>
  (await client.query('SELECT body FROM runtime.queue_message WHERE queue = $1 ORDER BY id', [queue])).rows.map(
    ({ body }) => body,
  );

it('gives each message to one of two replicas only, and wakes them without polling', async () => {
  const seen: string[] = [];
  const both = [one, two].map((replica) => workerOf(replica, 'shared', async (text) => void seen.push(text)));
  both.forEach((worker) => worker.start());
  const all = Array.from({ length: 300 }, (_, i) => String(i));
  for (let i = 0; i < all.length; i += 20) await one.stores.queues.send('shared', all.slice(i, i + 20));
  await eventually(async () => (await bodies('shared')).length === 0);
  await Promise.all(both.map((worker) => worker.stop()));
  expect(seen.sort()).toEqual([...all].sort());
});

it('sets a message aside after its last attempt, whoever made the attempts', async () => {
  const both = [one, two].map((replica) =>
    workerOf(replica, 'failing', async () => {
      throw new Error('no');
    }),
  );
  both.forEach((worker) => worker.start());
  await client.query("SELECT runtime.enqueue('failing', ARRAY['bad'])");
  await eventually(async () => (await bodies('failing-poison')).length === 1);
  await Promise.all(both.map((worker) => worker.stop()));
  expect(await bodies('failing')).toEqual([]);
});

it('names no time to come back to an empty queue', async () => {
  expect(await one.stores.queues.receive('empty', 1)).toEqual({ messages: [] });
});

it('keeps a message hidden until its time and then shows it', async () => {
  await one.stores.queues.send('later', ['x']);
  const [message] = (await one.stores.queues.receive('later', 1)).messages;
  if (message) await one.stores.queues.giveBack(message, 60_000);
  const { messages, nextVisibleIn = 0 } = await two.stores.queues.receive('later', 1);
  expect(messages).toEqual([]);
  expect(nextVisibleIn).toBeGreaterThan(50_000);
});

it('leaves messages that a lost replica held to the others, and what it then says of them is void', async () => {
  await one.stores.queues.send('held', ['x', 'y']);
  const gone = aReplica(database.url, 'gone');
  await gone.stores.start();
  const { messages } = await gone.stores.queues.receive('held', 2);
  expect((await one.stores.queues.receive('held', 2)).messages).toEqual([]);
  await gone.stores.stop();
  await eventually(
    async () =>
      (await client.query("SELECT FROM runtime.queue_message WHERE queue = 'held' AND taken_by IS NULL")).rowCount ===
      2,
  );
  const [again] = (await one.stores.queues.receive('held', 1)).messages;
  expect(again).toMatchObject({ body: 'x', dequeueCount: 2 });
  const [first] = messages;
  if (first) await two.stores.queues.remove(first);
  expect(await bodies('held')).toEqual(['x', 'y']);
});

it('keeps what it has taken when only its connection broke', async () => {
  const finish: (() => void)[] = [];
  const seen: string[] = [];
  const worker = workerOf(
    one,
    'slow',
    (text) =>
      new Promise((resolve) => {
        seen.push(text);
        finish.push(resolve);
      }),
  );
  worker.start();
  await one.stores.queues.send('slow', ['x']);
  await eventually(() => seen.length === 1);
  await cutOff(client, 'one');
  await two.stores.queues.send('slow', ['y']); // heard although the connection that listened is a new one
  await eventually(() => seen.includes('y'));
  finish.forEach((resolve) => resolve());
  await eventually(async () => (await bodies('slow')).length === 0);
  await worker.stop();
});
