import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { contracts } from '../../../shared/access/contracts.ts';
import { mostBodyBytes } from '../../../shared/http/body.ts';
import { newId } from '../../../shared/kernel/new-id.ts';
import { usualConfig } from '../../kit/orders.ts';
import { anApi, type Answer, type Api } from './kit.ts';
import { belongings, type Belongings } from './seed.ts';

const tenant = 'tenant-admin@acme.example';
const ops = 'ops@rackline.example';
let api: Api;
let acme: Belongings;
beforeAll(async () => {
  api = await anApi({ FUNCTIONS_REQUEST_BODY_SIZE_LIMIT: '200000' });
  acme = await belongings(api, 'acme', 'dc-nyc-01');
});
afterAll(() => api.close());

const order = (quantity = 1) => ({ datacenter: 'dc-nyc-01', lines: [{ quantity, config: usualConfig }] });
const countOrders = async () =>
  (await api.db.maybe(z.object({ n: z.number() }), 'SELECT count(*) AS n FROM customer_order'))?.n ?? 0;
let keys = 0;
const freshKey = () => ({ 'idempotency-key': `key-${++keys}` });

/** Every problem is one of RFC 9457, with the trace the log knows it by. */
function expectProblem(answer: Answer, status: number, code: string): void {
  expect({ status: answer.status, type: answer.headers.get('content-type') }).toEqual({
    status,
    type: 'application/problem+json',
  });
  expect(answer.body).toMatchObject({
    type: `https://rackline.dev/problems/${code}`,
    title: expect.any(String),
    status,
    detail: expect.any(String),
    code,
    traceId: answer.headers.get('x-trace-id'),
  });
}

describe('an Idempotency-Key', () => {
  it('has a repeated request answered as the first was, and done once', async () => {
    const headers = freshKey();
    const before = await countOrders();
    const first = await api.as(tenant)('POST /v1/orders', { body: order(), headers });
    const again = await api.as(tenant)('POST /v1/orders', { body: order(), headers });
    expect([first.status, again.status]).toEqual([202, 202]);
    expect(again.body).toEqual(first.body);
    expect(again.headers.get('location')).toBe(first.headers.get('location'));
    expect([first, again].map((each) => each.headers.get('idempotent-replayed'))).toEqual([null, 'true']);
    expect(await countOrders()).toBe(before + 1);
  });

  it('used for another request is refused', async () => {
    const headers = freshKey();
    await api.as(tenant)('POST /v1/orders', { body: order(1), headers });
    expectProblem(
      await api.as(tenant)('POST /v1/orders', { body: order(2), headers }),
      422,
      'input.idempotency-key-reused',
    );
    expectProblem(
      await api.as(tenant)(`POST /v1/orders/${acme.orderId}/cancel`, { body: order(1), headers }),
      422,
      'input.idempotency-key-reused',
    );
  });

  it('of one caller means nothing for another', async () => {
    const headers = freshKey();
    const mine = await api.as(tenant)('POST /v1/orders', { body: order(), headers });
    const theirs = await api.as('tenant-admin@globex.example')('POST /v1/orders', { body: order(), headers });
    expect(theirs.status).toBe(202);
    expect(theirs.body['id']).not.toBe(mine.body['id']);
  });

  it('runs one of many simultaneous requests; the others are told to ask again, or its result', async () => {
    const headers = freshKey();
    const before = await countOrders();
    const answers = await Promise.all(
      Array.from({ length: 8 }, () => api.as(tenant)('POST /v1/orders', { body: order(), headers })),
    );
    expect(await countOrders()).toBe(before + 1);
    for (const answer of answers.filter(({ status }) => status !== 202)) {
      expectProblem(answer, 409, 'input.still-running');
      expect(answer.headers.get('retry-after')).toBe('1');
    }
    expect(new Set(answers.filter(({ status }) => status === 202).map(({ body }) => body['id'])).size).toBe(1);
  });

  it('of a request that failed can be used again', async () => {
    const headers = freshKey();
    expect(
      (await api.as(tenant)('POST /v1/orders', { body: { ...order(), datacenter: 'dc-of-nobody' }, headers })).status,
    ).toBe(400);
    expect((await api.as(tenant)('POST /v1/orders', { body: order(), headers })).status).toBe(202);
  });

  it('of a request that a crash broke off says so, instead of asking to wait for ever', async () => {
    const headers = freshKey();
    await api.as(tenant)('POST /v1/orders', { body: order(), headers });
    await api.db.run(
      "UPDATE idempotent_request SET status = NULL, created_at = now() - interval '6 minutes' WHERE key = $1",
      [headers['idempotency-key']],
    );
    expectProblem(await api.as(tenant)('POST /v1/orders', { body: order(), headers }), 409, 'input.outcome-unknown');
  });

  it('never has credentials kept', async () => {
    const headers = freshKey();
    const shown = await api.as(tenant)(`POST /v1/servers/${acme.serverId}/credentials/reveal`, { headers });
    expect(shown.body).toMatchObject({ password: 'secret-of-acme' });
    expect(
      await api.db.many(z.unknown(), "SELECT FROM idempotent_request WHERE body::text LIKE '%secret-of%'"),
    ).toEqual([]);
  });

  it('has 1 to 200 characters', async () => {
    expectProblem(
      await api.as(tenant)('POST /v1/orders', { body: order(), headers: { 'idempotency-key': 'x'.repeat(201) } }),
      400,
      'input.bad-idempotency-key',
    );
  });
});

describe('a request that is not as it should be', () => {
  it('is told of every mistake at once, each with its place', async () => {
    const answer = await api.as(tenant)('POST /v1/orders', {
      body: {
        datacenter: 'DC NYC',
        lines: [{ quantity: 0, config: { cpu: '', ram: '1GB', storage: '1' } }, { quantity: 'many' }],
      },
    });
    expectProblem(answer, 400, 'input.invalid');
    expect((answer.body['complaints'] as { where: string }[]).map(({ where }) => where)).toEqual(
      expect.arrayContaining([
        'datacenter',
        'lines[0].quantity',
        'lines[0].config.cpu',
        'lines[0].config.network',
        'lines[1].quantity',
        'lines[1].config',
      ]),
    );
  });

  it.each([
    ['no JSON', '{"lines": [', 'input.not-json'],
    ['another kind of JSON', '"order"', 'input.invalid'],
    ['nothing', '', 'input.invalid'],
    [
      'a text that cannot be stored',
      JSON.stringify({ ...order(), lines: [{ quantity: 1, config: { ...usualConfig, cpu: '2x\u0000' } }] }),
      'input.unstorable-text',
    ],
    [
      'half a character',
      JSON.stringify({ ...order(), lines: [{ quantity: 1, config: { ...usualConfig, cpu: '2x \ud83d' } }] }),
      'input.unstorable-text',
    ],
    ['neither datacenter nor placement', JSON.stringify({ lines: order().lines }), 'input.invalid'],
    [
      'both datacenter and placement',
      JSON.stringify({ ...order(), placement: { region: 'us-east' } }),
      'input.invalid',
    ],
    ['a datacenter we do not have', JSON.stringify({ ...order(), datacenter: 'dc-of-nobody' }), 'datacenter.unknown'],
    [
      'a region we are not in',
      JSON.stringify({ lines: order().lines, placement: { region: 'moon' } }),
      'datacenter.no-such-region',
    ],
  ])('with %s: 400', async (_what, body, code) => {
    expectProblem(await api.as(tenant)('POST /v1/orders', { body }), 400, code);
  });

  it('with too large a body: 413, and the connection can be used again', async () => {
    const answer = await api.as(tenant)('POST /v1/orders', { body: { ...order(), note: 'x'.repeat(300_000) } });
    expect(answer.status).toBe(413);
    expect((await api.as(tenant)('GET /v1/me')).status).toBe(200);
  });

  it.each([
    '/v1/orders?limit=0',
    '/v1/orders?limit=201',
    '/v1/orders?limit=ten',
    '/v1/orders?state=lost',
    '/v1/assets?state=BROKEN',
    '/v1/quotes',
    '/v1/quotes?orderId=1',
    '/v1/tasks?after=garbage',
    '/v1/tasks?after=not/atime',
    '/v1/tasks?after=2026-99-99T00:00:00Z/x',
    '/v1/sagas?after=garbage',
    '/v1/audit?after=last',
    '/v1/dead-letters?after=-1',
    '/v1/audit?after=1.5',
    '/v1/events?after=x',
    '/v1/orders?after=%00',
    '/v1/assets?search=a%00b',
    '/v1/audit?actor=%00',
    '/v1/sagas/a%00b',
    '/v1/orders/not-an-id',
    '/v1/orders/ord_1',
    '/v1/servers/ord_01JABCDEFGHJKMNPQRSTVWXYZ0',
    '/v1/events?after=99999999999999999999',
    '/v1/audit?after=99999999999999999999',
  ] as const)('%s: 400, and never our mistake', async (path) => {
    const answer = await api.as(ops)(`GET ${path}`);
    expect({ status: answer.status, type: answer.headers.get('content-type') }).toEqual({
      status: 400,
      type: 'application/problem+json',
    });
  });

  it.each([
    ['a MAC that is none', { bmcMac: 'zz' }, 400],
    ['a datacenter we do not have', { datacenter: 'dc-of-nobody' }, 400],
    ['no port', { macs: [] }, 400],
  ])('adopting a server with %s: %s is for the caller to mend', async (_what, wrong, status) => {
    const body = {
      as: 'stock',
      datacenter: 'dc-nyc-01',
      serial: newId('alert', Date.now()),
      manufacturer: 'Supermicro',
      model: 'SYS-121C-TN10R',
      bmcMac: '02:00:00:00:00:01',
      macs: ['02:00:00:00:00:02'],
      config: usualConfig,
      ...wrong,
    };
    expect((await api.as(ops)('POST /v1/assets/adopt', { body })).status).toBe(status);
  });

  it('adopting a server that is known already: 409, naming it', async () => {
    const body = {
      as: 'stock',
      datacenter: 'dc-nyc-01',
      serial: acme.serial,
      manufacturer: 'HPE',
      model: 'DL360',
      bmcMac: '02:00:00:00:00:01',
      macs: ['02:00:00:00:00:02'],
      config: usualConfig,
    };
    const answer = await api.as(ops)('POST /v1/assets/adopt', { body });
    expectProblem(answer, 409, 'asset.known');
    expect(answer.body['detail']).toContain(acme.serverId);
  });
});

describe('the database', () => {
  it('is told on whose behalf each request writes', async () => {
    await api.db.run('CREATE TABLE written_as (caller text, tenant text)');
    await api.db.run(`CREATE FUNCTION note_writer() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
      INSERT INTO written_as VALUES (current_setting('rackline.caller'), current_setting('rackline.tenant'));
      RETURN NEW; END $$`);
    await api.db.run('CREATE TRIGGER t AFTER INSERT ON customer_order FOR EACH ROW EXECUTE FUNCTION note_writer()');
    const order = { datacenter: 'dc-nyc-01', lines: [{ quantity: 1, config: usualConfig }] };
    await api.as(tenant)('POST /v1/orders', { body: order });
    await api.as(ops)('POST /v1/orders', { body: { ...order, tenantId: 'acme' } });
    await api.db.run('DROP FUNCTION note_writer CASCADE');
    const idOf = async (who: string) => (await api.as(who)('GET /v1/me')).body['id'];
    expect(await api.db.many(z.object({ caller: z.string(), tenant: z.string() }), 'TABLE written_as')).toEqual([
      { caller: await idOf(tenant), tenant: 'acme' },
      { caller: await idOf(ops), tenant: '*' },
    ]);
  });
});

describe('a dead letter', () => {
  it('is replayed once: who asks again is told that it was', async () => {
    const replay = () => api.as(ops)(`POST /v1/dead-letters/${acme.deadLetterId}/replay`);
    expect(await replay()).toMatchObject({ status: 202, body: { state: 'replayed' } });
    expectProblem(await replay(), 409, 'dead-letter.not-open');
  });
});

describe('what does not exist', () => {
  it.each([
    ['orders', 'order'],
    ['servers', 'server'],
    ['assets', 'server'],
    ['tasks', 'task'],
    ['purchase-orders', 'purchase'],
    ['decommissions', 'decommission'],
  ] as const)('/v1/%s/…: 404', async (path, kind) => {
    const answer = await api.as(ops)(`GET /v1/${path}/${newId(kind, Date.now())}`);
    expect({ status: answer.status, type: answer.headers.get('content-type') }).toEqual({
      status: 404,
      type: 'application/problem+json',
    });
  });
  it('a saga or dead letter: 404', async () => {
    expectProblem(await api.as(ops)('GET /v1/sagas/fulfill-order-nothing'), 404, 'saga.unknown');
    expect((await api.as(ops)('POST /v1/dead-letters/999999/replay')).status).toBe(404);
    expect((await api.as(ops)('POST /v1/sagas/nothing/retry', { body: { reason: 'x' } })).status).toBe(404);
  });
  it('an address of the API is no page of the portal', async () => {
    expect((await api.as(ops)('GET /v1/nothing')).status).toBe(404);
    expect((await api.as(ops)('GET /api')).status).toBe(404);
  });
});

describe('a list', () => {
  const pages = async (path: string, limit: number): Promise<string[][]> => {
    const found: string[][] = [];
    const from = (cursor: string) => (cursor === '' ? '' : `&after=${encodeURIComponent(cursor)}`);
    for (let after: string | null = ''; after !== null;) {
      const { body } = await api.as(ops)(
        `GET /v1/${path}${path.includes('?') ? '&' : '?'}limit=${limit}${from(after)}`,
      );
      const { items, next } = z
        .object({
          items: z.array(z.looseObject({ id: z.coerce.string().optional(), position: z.number().optional() })),
          next: z.string().nullable(),
        })
        .parse(body);
      found.push(items.map(({ id, position }) => id ?? String(position)));
      after = next;
    }
    return found;
  };
  beforeAll(async () => {
    for (let n = 0; n < 4; n++) await belongings(api, 'acme', 'dc-nyc-01');
  });

  it.each([
    'orders',
    'assets',
    'servers',
    'tasks',
    'shipments',
    'sagas',
    'approvals',
    'decommissions',
    'dead-letters',
    'events',
    'audit',
  ])('/v1/%s, page by page, has everything once and in the same order', async (path) => {
    const whole = (await pages(path, 200)).flat();
    const cut = await pages(path, 2);
    expect(whole.length).toBeGreaterThan(2);
    expect(cut.flat()).toEqual(whole);
    expect(cut.slice(0, -1).every((page) => page.length === 2)).toBe(true);
  });
});

describe('a version', () => {
  it('that the caller has already is not sent again', async () => {
    const { headers } = await api.as(tenant)(`GET /v1/orders/${acme.orderId}`);
    expect(headers.get('etag')).toBe('"1"');
    const again = await api.as(tenant)(`GET /v1/orders/${acme.orderId}`, { headers: { 'if-none-match': '"1"' } });
    expect({ status: again.status, text: again.text }).toEqual({ status: 304, text: '' });
  });

  it('that is no longer the present one keeps a change from being made', async () => {
    const cancel = (version: string) =>
      api.as(tenant)(`POST /v1/orders/${acme.orderId}/cancel`, {
        body: { reason: 'x' },
        headers: { 'if-match': version },
      });
    expectProblem(await cancel('"7"'), 412, 'input.changed-since');
    expect((await api.as(tenant)(`GET /v1/orders/${acme.orderId}`)).body['cancelBlockedReason']).toBeNull();
    expect((await cancel('"6", W/"1"')).status).toBe(202);
  });
});

describe('every answer', () => {
  it('carries the trace of the caller, or a new one', async () => {
    const trace = '4bf92f3577b34da6a3ce929d0e0e4736';
    const known = await api.as(tenant)('GET /v1/me', { headers: { traceparent: `00-${trace}-00f067aa0ba902b7-01` } });
    expect(known.headers.get('x-trace-id')).toBe(trace);
    expect((await api.as(tenant)('GET /v1/me')).headers.get('x-trace-id')).toMatch(/^[0-9a-f]{32}$/);
  });

  it('is for its caller alone, kept nowhere', async () => {
    for (const path of ['/v1/me', '/v1/orders', '/v1/orders/none'] as const)
      expect((await api.as(tenant)(`GET ${path}`)).headers.get('cache-control')).toBe('no-store');
  });

  it('to a write is in the audit log, the refused ones too, with who, what and how it ended', async () => {
    await api.as('tenant-viewer@acme.example')(`POST /v1/orders/${acme.orderId}/cancel`, { body: { reason: 'x' } });
    await api.as(tenant)(`POST /v1/servers/${acme.serverId}/credentials/reveal`);
    const { items } = (await api.as('auditor@rackline.example')('GET /v1/audit?limit=10')).body as {
      items: { actor: string; action: string; subject: string; outcome: number; tenantId: string | null }[];
    };
    expect(items).toEqual(
      expect.arrayContaining([
        expect.objectContaining({
          actor: 'tenant-viewer@acme.example',
          action: 'cancel-order',
          subject: `/api/v1/orders/${acme.orderId}/cancel`,
          outcome: 403,
          tenantId: 'acme',
        }),
        expect.objectContaining({ actor: tenant, action: 'reveal-credentials', outcome: 200 }),
      ]),
    );
  });
});

describe('the description of the API', () => {
  const OpenApi = z.looseObject({
    openapi: z.literal('3.1.0'),
    info: z.looseObject({ title: z.string(), version: z.string() }),
    paths: z.record(
      z.string().startsWith('/api/v1/'),
      z.record(
        z.enum(['get', 'post', 'put']),
        z
          .looseObject({
            operationId: z.string(),
            summary: z.string().min(3),
            parameters: z.array(
              z.looseObject({
                name: z.string(),
                in: z.enum(['path', 'query', 'header']),
                required: z.boolean(),
                schema: z.looseObject({}),
              }),
            ),
            requestBody: z
              .looseObject({
                content: z.looseObject({
                  'application/json': z.object({ schema: z.looseObject({ type: z.literal('object') }) }),
                }),
              })
              .optional(),
            responses: z.looseObject({
              '2XX': z.looseObject({
                content: z.looseObject({
                  'application/json': z.object({ schema: z.looseObject({ type: z.literal('object') }) }),
                }),
              }),
              default: z.looseObject({}),
              413: z.looseObject({ description: z.string() }).optional(),
            }),
          })
          .optional(),
      ),
    ),
    components: z.looseObject({ schemas: z.looseObject({ Problem: z.looseObject({}) }) }),
  });

  it('has every endpoint, each with every part of its address and a shape for what it takes and answers', async () => {
    const described = OpenApi.parse((await api.as(null)('GET /openapi.json')).body);
    const operations = Object.entries(described.paths).flatMap(([path, methods]) =>
      Object.entries(methods).flatMap(([method, operation]) =>
        operation ? [{ route: `${method.toUpperCase()} ${path.slice(4)}`, ...operation }] : [],
      ),
    );
    expect(operations.map(({ route }) => route).sort()).toEqual(contracts.map(({ route }) => route as string).sort());
    expect(new Set(operations.map(({ operationId }) => operationId)).size).toBe(operations.length);
    for (const { route, parameters, requestBody, operationId, responses } of operations) {
      expect({ route, path: parameters.filter((each) => each.in === 'path').map(({ name }) => name) }).toEqual({
        route,
        path: [...route.matchAll(/\{(\w+)\}/g)].map(([, name]) => name),
      });
      const endpoint = contracts.find(({ name }) => name === operationId);
      expect({ route, takesBody: requestBody !== undefined }).toEqual({
        route,
        takesBody: endpoint?.body !== undefined,
      });
      expect({ route, tooLarge: responses[413]?.description }).toEqual({
        route,
        tooLarge: endpoint?.body && `The body is larger than ${mostBodyBytes(endpoint)} bytes.`,
      });
    }
  });

  it('has no reference that leads nowhere', async () => {
    const { text, body } = await api.as(null)('GET /openapi.json');
    for (const [, reference = ''] of text.matchAll(/"\$ref":"#\/([^"]+)"/g)) {
      expect(
        reference.split('/').reduce<unknown>((at, part) => (at as Record<string, unknown> | undefined)?.[part], body),
      ).toBeDefined();
    }
  });
});
