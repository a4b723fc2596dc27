import { expect, it } from '@jest/globals';
import { eventWorker, type EventWork } from '../../../../../runtime/triggers/event/event-worker.ts';
import { createMemoryEventStore } from '../../../../../runtime/triggers/event/memory-event-store.ts';
import { batchMetadata, recordJson } from '../../../../../runtime/triggers/event/record-json.ts';
import { CommandedTime, recordedLog, settle } from '../kit.ts';

const options = { maxBatchSize: 64, commitOnFailure: true, maxRetries: 5 };

/** A group reading a topic of one partition. */
function aReader(more: Partial<EventWork> = {}) {
  const time = new CommandedTime();
  const store = createMemoryEventStore(time, 1);
  const seen: { values: string[]; retry: number | undefined }[] = [];
  const log = recordedLog();
  const work: EventWork = {
    functionName: 'onEvent',
    group: 'g',
    topic: 'orders',
    partition: 0,
    isMany: false,
    retry: undefined,
    options,
    store,
    time,
    log,
    ...more,
    call: async (records, context) => {
      seen.push({ values: records.map(({ value }) => value), retry: context?.retryCount });
      await more.call?.(records, context);
    },
  };
  const read = (isOurs = () => true) => {
    const stop = new AbortController();
    const done = eventWorker(work)(stop.signal, isOurs);
    return { stop: () => (stop.abort(), done) };
  };
  const publish = (...values: string[]) => store.publish(values.map((value) => ({ topic: 'orders', key: 'k', value })));
  return { time, store, seen, log, read, publish, work };
}

it('hands over records one by one in order, also those that were there before', async () => {
  const { publish, read, seen, store, work } = aReader();
  await publish('a', 'b');
  const reader = read();
  await publish('c');
  await settle();
  await reader.stop();
  expect(seen.map(({ values }) => values)).toEqual([['a'], ['b'], ['c']]);
  expect(await store.position(work)).toBe(3);
});

it('hands over a batch where the function takes many', async () => {
  const { publish, read, seen } = aReader({ isMany: true, options: { ...options, maxBatchSize: 2 } });
  await publish('a', 'b', 'c');
  const reader = read();
  await settle();
  await reader.stop();
  expect(seen.map(({ values }) => values)).toEqual([['a', 'b'], ['c']]);
});

it('retries as the function asks, in place, then passes over the record', async () => {
  const { publish, read, seen, time, log } = aReader({
    retry: {
      retryStrategy: 'exponentialBackoff',
      maxRetryCount: 2,
      minimumInterval: { seconds: 1 },
      maximumInterval: { seconds: 10 },
    },
    call: async ([record]) => {
      if (record?.value === 'bad') throw new Error('no');
    },
  });
  await publish('bad', 'good');
  const reader = read();
  await time.by(10_000);
  await reader.stop();
  expect(seen).toEqual([
    { values: ['bad'], retry: undefined },
    { values: ['bad'], retry: 1 },
    { values: ['bad'], retry: 2 },
    { values: ['good'], retry: undefined },
  ]);
  expect(log.lines).toMatchObject([{ level: 'error', fields: { topic: 'orders', offset: 0 } }]);
});

it('tries a failed record again so many times where failures are not committed', async () => {
  const { publish, read, seen } = aReader({
    options: { ...options, commitOnFailure: false, maxRetries: 2 },
    call: async () => {
      throw new Error('no');
    },
  });
  await publish('bad');
  const reader = read();
  await settle();
  await reader.stop();
  expect(seen).toHaveLength(3);
});

it('delivers again what its predecessor had not committed', async () => {
  let isOurs = true;
  const { publish, read, seen } = aReader({ call: async ([record]) => void (isOurs &&= record?.value !== 'b') });
  await publish('a', 'b', 'c');
  const first = read(() => isOurs); // lost its claim while it worked on b
  await settle();
  await first.stop();
  const second = read();
  await settle();
  await second.stop();
  expect(seen.map(({ values }) => values[0])).toEqual(['a', 'b', 'b', 'c']);
});

it('leaves a record that fails while stopping to whoever comes next', async () => {
  let fail: (error: Error) => void = () => {};
  const { publish, read, store, work } = aReader({ call: () => new Promise((_resolve, reject) => (fail = reject)) });
  await publish('a');
  const reader = read();
  await settle();
  const stopped = reader.stop();
  fail(new Error('interrupted'));
  await stopped;
  expect(await store.position(work)).toBe(0);
});

it('spreads keys over partitions and keeps each key in one', async () => {
  const store = createMemoryEventStore(new CommandedTime(), 8);
  await store.publish(Array.from({ length: 400 }, (_, i) => ({ topic: 't', key: `srv_${i % 40}`, value: String(i) })));
  const partitions = await Promise.all(
    Array.from({ length: 8 }, (_, partition) => store.read('t', partition, 0, 1000)),
  );
  const homes = new Map<string | null, Set<number>>();
  for (const { key, partition } of partitions.flat()) homes.set(key, (homes.get(key) ?? new Set()).add(partition));
  expect([...homes.values()].every(({ size }) => size === 1)).toBe(true);
  expect(partitions.filter((records) => records.length > 0).length).toBeGreaterThan(4);
  for (const records of partitions) expect(records.map(({ offset }) => offset)).toEqual(records.map((_, i) => i));
});

it('forgets old records, but none that a reader has still to see', async () => {
  const { publish, store, time, work } = aReader();
  await publish('a', 'b', 'c');
  await store.commit(work, 2);
  await time.by(1000);
  await publish('d');
  expect(await store.forget(500, new Map([['orders', ['g']]]))).toBe(2);
  expect((await store.read('orders', 0, 0, 10)).map(({ value }) => value)).toEqual(['c', 'd']);
});

it('shows records as the Kafka extension does', () => {
  const record = {
    topic: 'orders',
    partition: 2,
    offset: 11,
    publishedAt: 0,
    key: 'k1',
    value: '{"x":1}',
    headers: [['h', 'v']] as const,
  };
  expect(JSON.parse(recordJson(record))).toEqual({
    Offset: 11,
    Partition: 2,
    Topic: 'orders',
    Timestamp: '1970-01-01T00:00:00.000Z',
    Value: '{"x":1}',
    Key: 'k1',
    Headers: [{ Key: 'h', Value: 'dg==' }],
    LeaderEpoch: null,
    IsPartitionEOF: false,
  });
  expect(JSON.parse(batchMetadata([record, { ...record, offset: 12 }])['OffsetArray'] ?? '')).toEqual([11, 12]);
});
