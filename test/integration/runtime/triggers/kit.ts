import { Client } from 'pg';
import { systemTime } from '../../../../runtime/core/time.ts';
import type { TimeLimits } from '../../../../runtime/postgres/connections.ts';
import { createPostgresStores } from '../../../../runtime/triggers/postgres/stores.ts';
import type { Stores } from '../../../../runtime/triggers/stores.ts';
import { until } from '../../../kit/until.ts';
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

/** Waits for a condition that the replicas bring about by themselves. */
export const eventually = (condition: () => boolean | Promise<boolean>): Promise<void> =>
  until(String(condition), condition);
