// The least a service could do: routes of Fastify that read and write the same database with one statement each.
// No sign-in, no checks of its own, no events, nothing that goes on afterwards.
// As a process: node test/bench/rivals/fastify.mjs <database>
import { randomUUID } from 'node:crypto';
import Fastify from 'fastify';
import pg from 'pg';

const pool = new pg.Pool({ connectionString: process.argv[2], max: 12 });
await pool.query('CREATE SCHEMA IF NOT EXISTS bench');
await pool.query(
  'CREATE TABLE IF NOT EXISTS bench.customer_order (id text PRIMARY KEY, key text UNIQUE, datacenter text ' +
    'NOT NULL, lines jsonb NOT NULL, created_at timestamptz NOT NULL DEFAULT now())',
);

const columns = `o.id, o.tenant_id, o.datacenter_id, o.state, o.version, o.requested_by, o.saga_id, o.ended_reason,
  o.created_at, o.updated_at,
  (SELECT jsonb_agg(jsonb_build_object('id', l.id, 'quantity', l.quantity, 'config', l.config) ORDER BY l.position)
    FROM order_line l WHERE l.order_id = o.id) AS lines`;
const list = {
  name: 'list',
  text: `SELECT ${columns} FROM customer_order o WHERE o.tenant_id = $1 ORDER BY o.id DESC LIMIT 50`,
};
const one = { name: 'one', text: `SELECT ${columns} FROM customer_order o WHERE o.id = $1` };
const insert = {
  name: 'insert',
  text:
    'INSERT INTO bench.customer_order (id, key, datacenter, lines) VALUES ($1, $2, $3, $4) ON CONFLICT (key) ' +
    'DO UPDATE SET key = excluded.key RETURNING id, created_at',
};

const text = { type: 'string' };
const config = {
  type: 'object',
  required: ['cpu', 'ram', 'storage', 'network'],
  properties: { cpu: text, ram: text, storage: text, network: text },
};
const line = {
  type: 'object',
  required: ['quantity', 'config'],
  properties: { quantity: { type: 'integer', minimum: 1 }, config },
};
const body = {
  type: 'object',
  required: ['datacenter', 'lines'],
  properties: { datacenter: text, lines: { type: 'array', minItems: 1, items: line } },
};

const app = Fastify();
app.get('/api/v1/orders', async () => ({ items: (await pool.query({ ...list, values: ['acme'] })).rows }));
app.get('/api/v1/orders/:id', async ({ params }) => (await pool.query({ ...one, values: [params.id] })).rows[0]);
app.post('/api/v1/orders', { schema: { body } }, async (request, reply) => {
  const { datacenter, lines } = request.body;
  const {
    rows: [order],
  } = await pool.query({
    ...insert,
    values: [`ord_${randomUUID()}`, request.headers['idempotency-key'], datacenter, JSON.stringify(lines)],
  });
  return reply.code(202).send({ ...order, datacenter, lines });
});
await app.listen({ port: 0, host: '127.0.0.1' });

process.on(
  'disconnect',
  () =>
    void app
      .close()
      .then(() => pool.end())
      .then(() => process.exit(0)),
);
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => {});
process.send({ port: app.server.address().port });
