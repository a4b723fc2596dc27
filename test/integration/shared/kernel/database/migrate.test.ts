import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { Client } from 'pg';
import { migrate } from '../../../../../shared/kernel/database/migrate.ts';
import { createTestDatabase, type TestDatabase } from '../../../../kit/database.ts';

const folder = 'infra/db/migrations';
const migrations = readdirSync(folder).sort();
let database: TestDatabase;
let client: Client;
beforeAll(async () => {
  database = await createTestDatabase();
  client = new Client({ connectionString: database.url });
  await client.connect();
});
afterAll(async () => {
  await client.end();
  await database.drop();
});

it('finds nothing left to do in a database that is up to date', async () => {
  expect(await migrate(client, folder)).toEqual([]);
});

it('numbers each migration once', () => {
  const numbers = migrations.map((name) => name.slice(0, 4));
  expect(new Set(numbers).size).toBe(numbers.length);
});

it.each(migrations)('%s left what its verify.sql asks for', async (name) => {
  expect(existsSync(`${folder}/${name}/verify.sql`)).toBe(true);
  await client.query(readFileSync(`${folder}/${name}/verify.sql`, 'utf8'));
});

it('finds whatever refers to something by an index, but for the references to a handful', async () => {
  const aHandful = ['datacenter', 'edge_agent', 'edge_authority', 'durable.worker'];
  const { rows } = await client.query<{ reference: string }>(
    `SELECT c.conrelid::regclass || '.' || a.attname AS reference FROM pg_constraint AS c JOIN pg_attribute AS a
      ON a.attrelid = c.conrelid AND a.attnum = c.conkey[1]
     WHERE c.contype = 'f' AND c.confrelid::regclass::text <> ALL ($1) AND NOT EXISTS (SELECT FROM pg_index AS i
       WHERE i.indrelid = c.conrelid AND i.indkey[0] = c.conkey[1]) ORDER BY 1`,
    [aHandful],
  );
  // What is in the outbox is on its way out of it.
  expect(rows.map(({ reference }) => reference)).toEqual(['outbox.event_id']);
});
