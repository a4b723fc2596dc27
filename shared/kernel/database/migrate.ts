import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import type { Client } from 'pg';
import { Umzug } from 'umzug';
import { onOwnConnection } from './connections.ts';

/** Any number no one else uses: two hosts starting together migrate one after the other. */
const migrationLock = 7_241_905;

/** Rewriting a large table takes long, and so may the other host whose turn it is. */
const migrationLimits = { connectMilliseconds: 10_000, answerMilliseconds: 3_600_000 };

/**
 * Brings a database up to date: every folder `NNNN-name` with an `up.sql`, in order, each in a transaction of
 * its own. Answers the names applied now. A migration once applied never changes.
 */
export async function migrate(client: Client, folder: string): Promise<string[]> {
  const umzug = new Umzug({
    context: client,
    logger: undefined,
    migrations: readdirSync(folder)
      .filter((name) => /^\d{4}-/.test(name))
      .sort()
      .map((name) => ({
        name,
        up: async () => {
          await client.query('BEGIN');
          try {
            await client.query(readFileSync(path.join(folder, name, 'up.sql'), 'utf8'));
            await client.query('INSERT INTO public.migration (name) VALUES ($1)', [name]);
            await client.query('COMMIT');
          } catch (error) {
            await client.query('ROLLBACK');
            throw error;
          }
        },
      })),
    storage: {
      executed: async () =>
        (await client.query<{ name: string }>('SELECT name FROM public.migration ORDER BY name')).rows.map(
          ({ name }) => name,
        ),
      logMigration: async () => {}, // written with the migration itself, in one commit
      unlogMigration: async () => {
        throw new Error('Migrations only go forward: write a new one.');
      },
    },
  });
  await client.query('SELECT pg_advisory_lock($1)', [migrationLock]);
  try {
    await client.query(
      'CREATE TABLE IF NOT EXISTS public.migration (name text PRIMARY KEY, applied_at timestamptz NOT NULL ' +
        'DEFAULT now())',
    );
    return (await umzug.up()).map(({ name }) => name);
  } finally {
    await client.query('SELECT pg_advisory_unlock($1)', [migrationLock]);
  }
}

/** The same on a connection of its own, where each statement may take an hour. */
export const migrateDatabase = (url: string, folder: string): Promise<string[]> =>
  onOwnConnection({ url, name: 'rackline-migrations', limits: migrationLimits }, (client) => migrate(client, folder));
