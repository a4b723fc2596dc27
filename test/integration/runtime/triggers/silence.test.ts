import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { systemTime } from '../../../../runtime/core/time.ts';
import { eventWorker } from '../../../../runtime/triggers/event/event-worker.ts';
import { QueueWorker } from '../../../../runtime/triggers/queue/queue-worker.ts';
import { createTestDatabase, type TestDatabase } from '../../../kit/database.ts';
import { SilentProxy } from '../../../kit/silent-proxy.ts';
import { aReplica, eventually } from './kit.ts';

const limits = { connectMilliseconds: 2_000, answerMilliseconds: 2_000 };
const partitions = 4;
const queueOptions = {
  batchSize: 16,
  newBatchThreshold: 8,
  maxDequeueCount: 3,
  visibilityTimeout: 0,
  maxPollingInterval: 60_000,
  messageEncoding: 'none',
} as const;

let database: TestDatabase;
let proxy: SilentProxy;
beforeAll(async () => {
  database = await createTestDatabase();
  proxy = await SilentProxy.before(database.url);
});
afterAll(async () => {
  await proxy.close();
  await database.drop();
});

describe.each([
  ['every connection', ''],
  ['the connections of the pool', 'one triggers'],
  ['the connection of its host', 'one host'],
  ['the connection of its notifier', 'one notifier'],
])('a replica of which %s falls silent', (what, words) => {
  const name = what.replaceAll(' ', '-');
  let one: ReturnType<typeof aReplica>;
  let elsewhere: ReturnType<typeof aReplica>;
  let queue: QueueWorker;
  const seen = { events: [] as string[], messages: [] as string[] };

  beforeEach(async () => {
    one = aReplica(proxy.through(database.url), 'one', limits);
    elsewhere = aReplica(database.url, 'elsewhere');
    for (const { stores } of [one, elsewhere]) await stores.start();
    await one.stores.events.openTopic(name, partitions);
    for (let partition = 0; partition < partitions; partition++) {
      one.stores.leases.acquire(
        { name: `topic/g/${name}/${partition}`, share: { group: `g/${name}`, slot: partition } },
        eventWorker({
          functionName: 'onEvent',
          group: 'g',
          topic: name,
          partition,
          isMany: false,
          retry: undefined,
          options: { maxBatchSize: 64, commitOnFailure: true, maxRetries: 5 },
          store: one.stores.events,
          time: systemTime,
          log: one.log,
          call: async ([record]) => void seen.events.push(record?.value ?? ''),
        }),
      );
    }
    queue = new QueueWorker({
      functionName: 'onQueue',
      queue: name,
      options: queueOptions,
      store: one.stores.queues,
      time: systemTime,
      log: one.log,
      call: async (_message, text) => void seen.messages.push(text),
    });
    await one.stores.leases.start();
    queue.start();
    Object.assign(seen, { events: [], messages: [] });
  });
  afterEach(async () => {
    await queue.stop();
    await one.stores.leases.stop();
    for (const { stores } of [one, elsewhere]) await stores.stop();
  });

  const happens = async (by: typeof one, value: string) => {
    await by.stores.events.publish(
      Array.from({ length: 8 }, (_, key) => ({ topic: name, key: String(key), value: `${value} ${key}` })),
    );
    await by.stores.queues.send(name, [value]);
  };
  const wasSeen = (value: string) =>
    seen.messages.includes(value) &&
    Array.from({ length: 8 }, (_, key) => `${value} ${key}`).every((each) => seen.events.includes(each));

  it('goes on with what others publish and send meanwhile, and with what it publishes itself', async () => {
    await happens(one, 'before');
    await eventually(() => wasSeen('before'));
    expect(proxy.silence(words)).toBeGreaterThan(0);
    await happens(elsewhere, 'from elsewhere');
    await eventually(() => wasSeen('from elsewhere'));
    await happens(one, 'its own');
    await eventually(() => wasSeen('its own'));
  });
});
