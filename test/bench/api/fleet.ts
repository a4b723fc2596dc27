// A company of a hundred thousand servers: one that the lab has brought into service, with its order and its story,
// over and over.
import { Client } from 'pg';
import { ensureTenant } from '../../../shared/domain/tenants/tenants.db.ts';
import { connect } from '../../../shared/kernel/database/database.ts';

export const tenants = 400;

/** One in so many is not in service; the others are as a fleet is. */
const stateOf =
  `CASE n / 5 % 100 WHEN 0 THEN 'MAINTENANCE' WHEN 1 THEN 'DECOMMISSIONED' WHEN 2 THEN ` +
  `'DECOMMISSION_PROPOSED' WHEN 3 THEN 'ASSIGNED_TO_TENANT' ELSE 'IN_SERVICE' END`;
/** `srv_01…`: ids of our kind, in the order of n, older than any that is made today. */
const idOf = (prefix: string) => `'${prefix}_01' || lpad(upper(to_hex(n)), 24, '0')`;
/** The first tenant is the one that asks: it holds as much as forty others. */
const tenantOf = `CASE WHEN n % 10 = 0 THEN 'acme' ELSE 'tenant-' || (n % ${tenants}) END`;
/** Rows like those of the model, each with a number `n`; what differs is given as key, value, key, value. */
const like = (table: string, { from, changes }: { from: string; changes: string }) =>
  `INSERT INTO ${table} SELECT made.* FROM ${from}, LATERAL jsonb_populate_record(NULL::${table},
    to_jsonb(pattern) || jsonb_build_object(${changes})) AS made`;

export interface Fleet {
  /** Ids as requests ask for them. */
  serverOf(number: number): string;
  orderOf(number: number): string;
  serialOf(number: number): string;
  rows: Readonly<Record<string, number>>;
}

/** Makes `count` more servers like the one that is in service. */
export async function growFleet(url: string, count: number): Promise<Fleet> {
  const db = connect({ url, maxConnections: 1 });
  for (let number = 0; number < tenants; number++)
    await ensureTenant(db, { id: `tenant-${number}`, name: `Tenant ${number}` });
  await db.close();
  const sql = new Client({ connectionString: url });
  await sql.connect();
  try {
    await sql.query("SET session_replication_role = 'replica'"); // no trigger has anything to do
    const {
      rows: [model],
    } = await sql.query<{ id: string; order_id: string; saga_id: string }>(
      'SELECT a.id, a.order_id, o.saga_id FROM asset a JOIN customer_order o ON o.id = a.order_id WHERE ' +
        "a.state = 'IN_SERVICE' LIMIT 1",
    );
    if (!model) throw new Error('No server is in service that others could be like.');
    const modelOf = (table: string, where: string, copies = count) =>
      `(SELECT * FROM ${table} WHERE ${where}) AS pattern, generate_series(1, ${copies}) AS n`;
    const sagas = `SELECT id, name FROM saga WHERE root_id = '${model.saga_id}'`;
    const rack = `'rack-' || (n / 20)`;
    const datacenters = (await sql.query<{ id: string }>('SELECT id FROM datacenter ORDER BY id')).rows;
    const place = `(ARRAY[${datacenters.map(({ id }) => `'${id}'`).join(', ')}])[1 + n % 5]`;
    const root = `'fulfill-order-' || ${idOf('ord')}`;
    const statements = {
      customer_order: like('customer_order', {
        from: modelOf('customer_order', `id = '${model.order_id}'`),
        changes: `'id', ${idOf('ord')}, 'tenant_id', ${tenantOf}, 'datacenter_id', ${place}, 'saga_id', ${root}`,
      }),
      order_line: like('order_line', {
        from: modelOf('order_line', `order_id = '${model.order_id}'`),
        changes: `'id', ${idOf('oln')}, 'order_id', ${idOf('ord')}`,
      }),
      asset: like('asset', {
        from: modelOf('asset', `id = '${model.id}'`),
        changes: `'id', ${idOf('srv')}, 'state', ${stateOf}, 'datacenter_id', ${place},
        'tenant_id', CASE WHEN n / 5 % 100 <> 1 THEN ${tenantOf} END,
        'order_id', ${idOf('ord')}, 'bought_for', ${idOf('ord')}, 'order_line_id', ${idOf('oln')},
        'serial', 'FLEET' || lpad(n::text, 7, '0'), 'bmc_mac', NULL, 'macs', ARRAY[]::text[], 'bmc_address', NULL`,
      }),
      rack_unit: like('rack_unit', {
        from: modelOf('rack_unit', `server_id = '${model.id}'`),
        changes:
          `'rack_id', ${rack}, 'rack_name', ${rack}, 'unit', (n % 20) * 2 + pattern.unit % 2, ` +
          `'datacenter_id', ${place}, 'server_id', ${idOf('srv')}`,
      }),
      saga: like('saga', {
        from: modelOf('saga', `root_id = '${model.saga_id}'`),
        changes:
          `'id', pattern.name || '-' || ${idOf('ord')}, 'root_id', ${root}, 'subject', ${idOf('ord')}, ` +
          `'order_id', ${idOf('ord')}, 'tenant_id', ${tenantOf}, 'server_id', CASE WHEN pattern.server_id IS ` +
          `NOT NULL THEN ${idOf('srv')} END`,
      }),
      saga_step: like('saga_step', {
        from: `(SELECT t.*, s.name FROM saga_step AS t JOIN (${sagas}) AS s ON s.id = t.saga_id) AS pattern,
          generate_series(1, ${count / 10}) AS n`,
        changes: `'saga_id', pattern.name || '-' || ${idOf('ord')}`,
      }),
      saga_timeline: `INSERT INTO saga_timeline (saga_id, root_id, at, kind, step, attempt, text)
        SELECT s.name || '-' || ${idOf('ord')}, ${root}, e.at, e.kind, e.step, e.attempt, e.text
          FROM saga_timeline AS e JOIN (${sagas}) AS s ON s.id = e.saga_id, generate_series(1, ${count / 10}) AS n`,
    };
    const rows: Record<string, number> = {};
    for (const [table, statement] of Object.entries(statements))
      rows[table] = (await sql.query(statement)).rowCount ?? 0;
    await sql.query('VACUUM ANALYZE');
    const numbered = (prefix: string) => (number: number) =>
      `${prefix}_01${number.toString(16).toUpperCase().padStart(24, '0')}`;
    return {
      serverOf: numbered('srv'),
      orderOf: numbered('ord'),
      serialOf: (number) => `FLEET${String(number).padStart(7, '0')}`,
      rows,
    };
  } finally {
    await sql.end();
  }
}
