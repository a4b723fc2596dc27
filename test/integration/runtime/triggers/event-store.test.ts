import { afterAll, afterEach, beforeAll, expect, it } from '@jest/globals';
import type { Client } from 'pg';
import { systemTime } from '../../../../runtime/core/time.ts';
import { eventWorker } from '../../../../runtime/triggers/event/event-worker.ts';
import { createTestDatabase, type TestDatabase } from '../../../kit/database.ts';
import { aReplica, connect, cutOff, eventually } from './kit.ts';

let database: TestDatabase;
let client: Client;
let rival: Client;
const toLeave = new Set<() => Promise<void>>();
beforeAll(async () => {
  database = await createTestDatabase();
  [client, rival] = [await connect(database.url), await connect(database.url)];
});
afterEach(async () => {
  for (const leave of toLeave) await leave();
});
afterAll(async () => {
  await client.end();
  await rival.end();
  await database.drop();
});

/** A replica reading a topic; `seen` is shared by those that are given the same list. */
async function aReader(
  name: string,
  topic: string,
  seen: string[],
  call: (value: string) => Promise<void> = async () => {},
) {
  const replica = aReplica(database.url, name);
  const leave = async () => {
    toLeave.delete(leave);
    await replica.stores.leases.stop();
    await replica.stores.stop();
  };
  toLeave.add(leave);
  await replica.stores.start();
  const partitions = await replica.stores.events.openTopic(topic, 4);
  const working = new Set<number>();
  for (let partition = 0; partition < partitions; partition++) {
    const handler = eventWorker({
      functionName: 'onEvent',
      group: 'g',
      topic,
      partition,
      isMany: false,
      retry: undefined,
      options: { maxBatchSize: 64, commitOnFailure: true, maxRetries: 5 },
      store: replica.stores.events,
      time: systemTime,
      log: replica.log,
      call: async ([record]) => {
        await call(record?.value ?? '');
        seen.push(record?.value ?? '');
      },
    });
    replica.stores.leases.acquire(
      { name: `topic/g/${topic}/${partition}`, share: { group: `g/${topic}`, slot: partition } },
      async (signal, isOurs) => {
        working.add(partition);
        await handler(signal, isOurs).finally(() => working.delete(partition));
      },
    );
  }
  await replica.stores.leases.start();
  return { ...replica, working, leave };
}
const records = (topic: string, from: number, count: number) =>
  Array.from({ length: count }, (_, i) => ({ topic, key: `srv_${(from + i) % 13}`, value: String(from + i) }));

it('appears when the publisher’s transaction commits, and never when it rolls back', async () => {
  const { stores } = await aReader('writer', 'outbox', []);
  await client.query('BEGIN');
  await stores.events.publish([{ topic: 'tx', key: 'a', value: 'rolled back' }], client);
  await client.query('ROLLBACK');
  await client.query('BEGIN');
  await stores.events.publish([{ topic: 'tx', key: 'a', value: 'kept', headers: [['h', 'v']] }], client);
  const found = async () =>
    (await client.query("SELECT value, headers, record_offset FROM runtime.record WHERE topic = 'tx'")).rows;
  expect((await rival.query("SELECT FROM runtime.record WHERE topic = 'tx'")).rowCount).toBe(0);
  await client.query('COMMIT');
  expect(await found()).toEqual([{ value: 'kept', headers: [['h', 'v']], record_offset: '0' }]);
});

it('announces each partition that has grown: in its own commit, or in that of another transaction', async () => {
  const { stores } = await aReader('teller', 'told', []);
  const reported: string[] = [];
  rival.on('notification', ({ payload = '' }) => void (payload.startsWith('topic/told/') && reported.push(payload)));
  await rival.query('LISTEN runtime');
  const longer = async () =>
    (
      await client.query<{ place: string }>(
        "SELECT 'topic/' || topic || '/' || partition AS place FROM runtime.topic_partition WHERE topic = " +
          "'told' AND next_offset > 0",
      )
    ).rows
      .map(({ place }) => place)
      .sort();
  await stores.events.publish(records('told', 0, 13));
  await eventually(async () => reported.toSorted().join() === (await longer()).join());
  reported.splice(0);
  await client.query('BEGIN');
  await stores.events.publish(records('told', 0, 13), client);
  await client.query('COMMIT');
  await eventually(async () => reported.toSorted().join() === (await longer()).join());
  expect(reported.length).toBeGreaterThan(1);
  await rival.query('UNLISTEN runtime');
});

it('makes a second publisher wait for its place, so that no reader passes over the first', async () => {
  const seen: string[] = [];
  const { stores } = await aReader('reader', 'order', seen);
  await client.query('BEGIN');
  await stores.events.publish([{ topic: 'order', key: 'k', value: 'first' }], client);
  const second = stores.events.publish([{ topic: 'order', key: 'k', value: 'second' }], rival);
  await eventually(
    async () => (await client.query("SELECT FROM pg_stat_activity WHERE wait_event_type = 'Lock'")).rowCount === 1,
  );
  await client.query('COMMIT');
  await second;
  await eventually(() => seen.length === 2);
  expect(seen).toEqual(['first', 'second']);
});

it('does not deadlock publishers of many keys', async () => {
  const { stores } = await aReader('many', 'busy', []);
  await Promise.all(Array.from({ length: 20 }, (_, i) => stores.events.publish(records('busy', i * 20, 20))));
  const { rows } = await client.query<{ ok: boolean }>(
    'SELECT bool_and(next_offset = (SELECT count(*) FROM runtime.record r WHERE r.topic = p.topic AND ' +
      "r.partition = p.partition)) AS ok FROM runtime.topic_partition p WHERE topic = 'busy'",
  );
  expect(rows).toEqual([{ ok: true }]);
});

it('shares partitions evenly, moves them when a replica comes or goes, and loses and doubles nothing', async () => {
  const seen: string[] = [];
  const one = await aReader('one', 'moving', seen);
  await one.stores.events.publish(records('moving', 0, 100));
  await eventually(() => one.working.size === 4);
  const two = await aReader('two', 'moving', seen);
  await one.stores.events.publish(records('moving', 100, 100));
  await eventually(() => one.working.size === 2 && two.working.size === 2);
  await one.stores.events.publish(records('moving', 200, 100));
  await eventually(() => seen.length === 300);
  await one.leave();
  await two.stores.events.publish(records('moving', 300, 100));
  await eventually(() => two.working.size === 4 && seen.length === 400);
  expect(new Set(seen).size).toBe(400);
  for (let key = 0; key < 13; key++) {
    const ofKey = seen.map(Number).filter((value) => value % 13 === key);
    expect(ofKey).toEqual([...ofKey].sort((a, b) => a - b));
  }
});

it('goes on by itself after its connections were cut, delivering again what was not committed', async () => {
  const seen: string[] = [];
  let arrived: () => void = () => {};
  let release: () => void = () => {};
  const isThere = new Promise<void>((resolve) => (arrived = resolve));
  const mayGoOn = new Promise<void>((resolve) => (release = resolve));
  const reader = await aReader('cut', 'cut', seen, async (value) => {
    if (value !== 'b') return;
    arrived();
    await mayGoOn;
  });
  await reader.stores.events.publish(['a', 'b', 'c'].map((value) => ({ topic: 'cut', key: 'k', value })));
  await isThere;
  await cutOff(client, 'cut');
  await eventually(() => reader.log.lines.some(({ message }) => message.startsWith('the database session was lost')));
  release();
  await eventually(() => seen.includes('c'));
  expect(seen).toEqual(['a', 'b', 'b', 'c']);
});
