import { afterAll, afterEach, beforeAll, expect, it } from '@jest/globals';
import type { Client } from 'pg';
import { z } from 'zod';
import { createTestDatabase, type TestDatabase } from '../../kit/database.ts';
import { startHostProcess, type HostProcess } from './host-process.ts';
import { connect, eventually } from './triggers/kit.ts';

let database: TestDatabase;
let client: Client;
const running = new Map<string, HostProcess>();
beforeAll(async () => {
  database = await createTestDatabase();
  client = await connect(database.url);
  await client.query(
    'CREATE TABLE seen (at timestamptz NOT NULL DEFAULT clock_timestamp(), kind text, value text, replica ' +
      'text, is_past_due boolean, count integer)',
  );
});
afterEach(async () => {
  await Promise.all([...running.values()].map((host) => host.end('SIGKILL')));
  running.clear();
  await client.query('TRUNCATE seen');
});
afterAll(async () => {
  await client.end();
  await database.drop();
});

async function start(...names: string[]): Promise<void> {
  await Promise.all(
    names.map(async (name) => running.set(name, await startHostProcess({ DATABASE_URL: database.url, REPLICA: name }))),
  );
}
const seen = async (kind: string) =>
  (
    await client.query<{ value: string; replica: string; is_past_due: boolean | null; count: number | null }>(
      'SELECT value, replica, is_past_due, count FROM seen WHERE kind = $1 ORDER BY at',
      [kind],
    )
  ).rows;
const enqueue = (...texts: string[]) => client.query("SELECT runtime.enqueue('in', $1)", [texts]);
const publish = (records: { key: string; value: string }[]) =>
  client.query('SELECT runtime.publish($1)', [
    JSON.stringify(records.map((record) => ({ topic: 'orders', ...record }))),
  ]);
const numbered = (count: number) => Array.from({ length: count }, (_, i) => String(i));

it('runs two replicas that share the work and do nothing twice', async () => {
  await start('one', 'two');
  await enqueue(...numbered(200));
  await publish(numbered(200).map((value) => ({ key: `k${value}`, value })));
  await eventually(async () => (await seen('queue')).length >= 200 && (await seen('event')).length >= 200);
  await eventually(async () => (await seen('timer')).length >= 3);
  for (const kind of ['queue', 'event'])
    expect((await seen(kind)).map(({ value }) => value).sort()).toEqual(numbered(200).sort());
  expect(new Set((await seen('event')).map(({ replica }) => replica))).toEqual(new Set(['one', 'two']));
  const seconds = (await seen('timer')).map(({ value }) => value);
  expect(seconds).toEqual([...new Set(seconds)]);
});

it('goes on in other replicas when one after the other is killed, with what they had begun', async () => {
  await start('one', 'two');
  await enqueue('hang message');
  await publish([{ key: 'k', value: 'hang event' }]);
  await eventually(async () => (await seen('queue begun')).length === 1 && (await seen('event begun')).length === 1);
  for (const [dying, successor] of [
    ['one', 'three'],
    ['two', 'four'],
  ] as const) {
    await running.get(dying)?.end('SIGKILL');
    running.delete(dying);
    await start(successor);
  }
  await eventually(async () => (await seen('queue')).length === 1 && (await seen('event')).length === 1);
  expect(await seen('queue')).toMatchObject([{ value: 'hang message', count: 2 }]);
  const timers = (await seen('timer')).length;
  await eventually(async () => (await seen('timer')).length > timers);
});

it('makes up once, past due, for the runs a timer missed while no host was there', async () => {
  await client.query(
    "INSERT INTO runtime.timer (name, last, next, last_updated) VALUES ('hourly', date_trunc('hour', " +
      "now()) - interval '5 hours', date_trunc('hour', now()) - interval '4 hours', now() - interval '5 " +
      "hours') ON CONFLICT (name) DO UPDATE SET last = excluded.last, next = excluded.next",
  );
  await start('one', 'two');
  await eventually(async () => (await seen('hourly')).length > 0);
  await eventually(async () => (await seen('timer')).length > 1);
  expect((await seen('hourly')).filter(({ is_past_due }) => is_past_due)).toHaveLength(1);
});

it('runs an orchestration that any replica can be asked about', async () => {
  await start('one', 'two');
  const started = await fetch(`${running.get('one')?.url}/api/start/greet`, { method: 'POST', body: '"hi"' });
  const { statusQueryGetUri } = z.object({ statusQueryGetUri: z.url() }).parse(await started.json());
  const elsewhere = statusQueryGetUri.replace(new URL(statusQueryGetUri).origin, running.get('two')?.url ?? '');
  await eventually(async () => (await fetch(elsewhere)).status === 200);
  expect(await (await fetch(elsewhere)).json()).toMatchObject({ runtimeStatus: 'Completed', output: 'HI' });
});

it('stops in order on SIGTERM', async () => {
  await start('one');
  expect(await (await fetch(`${running.get('one')?.url}/api/ping`)).json()).toEqual({ replica: 'one' });
  expect(await running.get('one')?.end('SIGTERM')).toBe(0);
  running.clear();
});

it('names every bad setting and does not start', async () => {
  await expect(startHostProcess({ PORT: 'x', WEBSITE_TIME_ZONE: 'Nowhere' })).rejects.toThrow(
    /code 1:[^]*PORT[^]*WEBSITE_TIME_ZONE/,
  );
});
