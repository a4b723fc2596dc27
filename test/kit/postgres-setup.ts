// Jest runs this once before tests that need a database: a real PostgreSQL with every migration applied to a
// template, from which each test file clones a database of its own.
import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { Client } from 'pg';
import { startPostgres, type EmbeddedPostgres } from '../../infra/local/postgres.ts';
import { migrate } from '../../shared/kernel/database/migrate.ts';

const holder = globalThis as { racklinePostgres?: { server: EmbeddedPostgres; folder: string } };

export async function setup(): Promise<void> {
  if (process.env['TEST_DATABASE_URL']) return; // set up by another Jest project of this run
  const folder = mkdtempSync(path.join(os.tmpdir(), 'rackline-test-'));
  const server = await startPostgres({
    dataDir: folder,
    settings: { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off', max_connections: '200' },
  });
  const admin = new Client({ connectionString: server.url });
  await admin.connect();
  await admin.query('CREATE DATABASE template_rackline');
  await admin.end();
  const template = new Client({ connectionString: server.urlOf('template_rackline') });
  await template.connect();
  await migrate(template, path.resolve('infra/db/migrations'));
  await template.end();
  process.env['TEST_DATABASE_URL'] = server.url;
  holder.racklinePostgres = { server, folder };
}

export async function teardown(): Promise<void> {
  const held = holder.racklinePostgres;
  if (!held) return;
  delete holder.racklinePostgres;
  delete process.env['TEST_DATABASE_URL'];
  await held.server.stop();
  rmSync(held.folder, { recursive: true, force: true });
}
