import { Client } from 'pg';
import { systemTime } from '../../../../runtime/core/time.ts';
import type { TimeLimits } from '../../../../runtime/postgres/connections.ts';
import { createPostgresStores } from '../../../../runtime/triggers/postgres/stores.ts';
import type { Stores } from '../../../../runtime/triggers/stores.ts';
import { recordedLog } from '../../../unit/runtime/triggers/kit.ts';

/** One replica's stores. Its name is how its connections are known. */
export function aReplica(
  url: string,
  name: string,
  limits?: TimeLimits,
): { stores: Stores; log: ReturnType<typeof recordedLog> } {
  const log = recordedLog();
  return {
    stores: createPostgresStores({ url, poolSize: 4, replica: name, ...(limits && { limits }), time: systemTime, log }),
    log,
  };
}

/** A connection of the test's own. */
export async function connect(url: string): Promise<Client> {
  const client = new Client({ connectionString: url });
  await client.connect();
  return client;
}

/** Ends a replica's connections from the server's side, as a failing network or a restart would. */
export async function cutOff(client: Client, name: string): Promise<void> {
  await client.query('SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name LIKE $1', [
    `${name} %`,
  ]);
}

/** Waits for a condition. A wait in vain ends by itself, so that it does not outlive its test. */
export async function eventually(condition: () => boolean | Promise<boolean>): Promise<void> {
  const giveUpAt = Date.now() + 15_000;
  while (!(await condition())) {
    if (Date.now() > giveUpAt) throw new Error(`Waited in vain for ${condition}`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}
