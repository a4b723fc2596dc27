import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { Client } from 'pg';
import { migrate } from '../../../../shared/db/migrate.ts';
import { createTestDatabase, type TestDatabase } from '../../../kit/database.ts';

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
  expect(await migrate(client, 'infra/db/migrations')).toEqual([]);
});
