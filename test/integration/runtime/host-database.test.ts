import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import type { Client } from 'pg';
import { startPostgres, type EmbeddedPostgres } from '../../../infra/local/postgres.ts';
import { migrate } from '../../../shared/kernel/database/migrate.ts';
import { startHostProcess, type HostProcess } from './host-process.ts';
import { connect, eventually } from './triggers/kit.ts';

const dataDir = mkdtempSync(path.join(os.tmpdir(), 'rackline-host-'));
let server: EmbeddedPostgres;
let host: HostProcess;

/** One statement on a connection of its own: the server comes and goes here. */
async function once<T>(use: (client: Client) => Promise<T>): Promise<T> {
  const client = await connect(server.url);
  return use(client).finally(() => client.end());
}

beforeAll(async () => {
  server = await startPostgres({ dataDir });
  await once((client) => migrate(client, 'infra/db/migrations'));
  await once((client) =>
    client.query(
      'CREATE TABLE seen (at timestamptz NOT NULL DEFAULT clock_timestamp(), kind text, value text, ' +
        'replica text, is_past_due boolean, count integer)',
    ),
  );
  host = await startHostProcess({ DATABASE_URL: server.url, REPLICA: 'one' });
});
afterAll(async () => {
  await host.end('SIGKILL');
  await server.stop();
  rmSync(dataDir, { recursive: true, force: true });
});

const seen = async (kind: string) =>
  (
    await once((client) =>
      client.query<{ value: string }>('SELECT value FROM seen WHERE kind = $1 ORDER BY at', [kind]),
    )
  ).rows.map(({ value }) => value);
const send = (value: string) =>
  once(async (client) => {
    await client.query("SELECT runtime.enqueue('in', $1)", [[value]]);
    await client.query('SELECT runtime.publish($1)', [JSON.stringify([{ topic: 'orders', key: 'k', value }])]);
  });
const restart = async (): Promise<void> => {
  const { port } = server;
  await server.stop();
  server = await startPostgres({ dataDir, port });
};

it('goes on by itself each time the database was restarted under it', async () => {
  await send('before');
  await eventually(async () => (await seen('queue')).includes('before') && (await seen('event')).includes('before'));
  for (const round of ['first', 'second']) {
    await restart();
    await send(round);
    await eventually(async () => (await seen('queue')).includes(round) && (await seen('event')).includes(round));
    const ticks = (await seen('timer')).length;
    await eventually(async () => (await seen('timer')).length > ticks);
  }
  expect(await seen('event')).toEqual(['before', 'first', 'second']);
  expect(await seen('queue')).toEqual(['before', 'first', 'second']);
  expect((await fetch(`${host.url}/api/ping`)).status).toBe(200);
});
