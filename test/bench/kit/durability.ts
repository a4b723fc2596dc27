import { Client } from 'pg';

/** What a commit is worth on this server, in one line: a benchmark without that says nothing. */
export async function durabilityOf({ url }: { url: string }): Promise<string> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    const { rows } = await client.query<{ name: string; setting: string }>(
      `SELECT name, setting FROM pg_settings WHERE name IN ('server_version', 'fsync', 'synchronous_commit',
        'full_page_writes', 'wal_sync_method') ORDER BY name`,
    );
    const settings = new Map(rows.map(({ name, setting }) => [name, setting]));
    const version = settings.get('server_version');
    settings.delete('server_version');
    return (
      `PostgreSQL ${version} on loopback, ` +
      `${[...settings].map(([name, setting]) => `${name} = ${setting}`).join(', ')}`
    );
  } finally {
    await client.end();
  }
}
