import { afterAll, beforeAll, expect, it } from '@jest/globals';
import type { Client } from 'pg';
import { z } from 'zod';
import { createTestDatabase, type TestDatabase } from '../../kit/database.ts';
import { SilentProxy } from '../../kit/silent-proxy.ts';
import { startHostProcess, type HostProcess } from './host-process.ts';
import { connect, eventually } from './triggers/kit.ts';

let database: TestDatabase;
let client: Client;
let proxy: SilentProxy;
let host: HostProcess;
beforeAll(async () => {
  database = await createTestDatabase();
  client = await connect(database.url);
  await client.query(
    'CREATE TABLE seen (at timestamptz NOT NULL DEFAULT clock_timestamp(), kind text, value text, replica ' +
      'text, is_past_due boolean, count integer)',
  );
  proxy = await SilentProxy.before(database.url);
  host = await startHostProcess({
    DATABASE_URL: proxy.through(database.url),
    LEDGER_URL: database.url,
    HOST_DATABASE_ANSWER_SECONDS: '2',
    REPLICA: 'one',
  });
});
afterAll(async () => {
  await host.end('SIGKILL');
  await proxy.close();
  await client.end();
  await database.drop();
});

const seen = async (kind: string) =>
  (await client.query<{ value: string }>('SELECT value FROM seen WHERE kind = $1 ORDER BY at', [kind])).rows.map(
    ({ value }) => value,
  );

it('recovers each time all of its connections fall silent: queues, topics, timers, orchestrations', async () => {
  for (const round of ['first', 'second']) {
    const ticks = (await seen('timer')).length;
    await eventually(async () => (await seen('timer')).length > ticks);
    expect(proxy.silence()).toBeGreaterThan(0);
    await client.query("SELECT runtime.enqueue('in', $1)", [[round]]);
    await client.query('SELECT runtime.publish($1)', [JSON.stringify([{ topic: 'orders', key: 'k', value: round }])]);
    const ticksThen = (await seen('timer')).length;
    await eventually(async () => (await seen('queue')).includes(round) && (await seen('event')).includes(round));
    await eventually(async () => (await seen('timer')).length > ticksThen + 1);
    const started = await fetch(`${host.url}/api/start/greet`, { method: 'POST', body: JSON.stringify(round) });
    const { statusQueryGetUri } = z.object({ statusQueryGetUri: z.url() }).parse(await started.json());
    await eventually(async () => (await fetch(statusQueryGetUri)).status === 200);
  }
});

it('stops in order though all of its connections have fallen silent', async () => {
  expect(proxy.silence()).toBeGreaterThan(0);
  expect(await host.end('SIGTERM')).toBe(0);
});
