import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { decodeJwt, exportJWK, generateKeyPair, SignJWT, UnsecuredJWT } from 'jose';
import { createAuthenticator } from '../../../shared/access/authenticate.ts';
import { contracts } from '../../../shared/access/contracts.ts';
import { makeKey, makeRequest } from '../../../shared/kernel/certificate-request.ts';
import { newId } from '../../../shared/kernel/new-id.ts';
import { usualConfig } from '../../kit/orders.ts';
import { edgeAgent, anApi, type Api, type Ask } from './kit.ts';
import { belongings, type Belongings } from './seed.ts';

/** Everybody, in the order of the table's columns. What is asked for is acme's, in New York. */
const people = {
  A: 'tenant-admin@acme.example',
  O: 'tenant-operator@acme.example',
  V: 'tenant-viewer@acme.example',
  G: 'tenant-admin@globex.example',
  P: 'ops@rackline.example',
  D: 'approver@rackline.example',
  X: 'executive@rackline.example',
  U: 'auditor@rackline.example',
  N: 'technician@dc-nyc-01.rackline.example',
  F: 'technician@dc-fra-01.rackline.example',
  E: edgeAgent('dc-nyc-01'),
} as const;
type Person = keyof typeof people;

let api: Api;
let acme: Belongings;
let globex: Belongings;
let agentToRevoke: string;
let code: string;
beforeAll(async () => {
  api = await anApi();
  acme = await belongings(api, 'acme', 'dc-nyc-01');
  globex = await belongings(api, 'globex', 'dc-fra-01');
  agentToRevoke = (await api.agent('dc-lon-01')).agentId;
  code = String(
    (await api.as(people.P)('POST /v1/edge/enrolments', { body: { datacenter: 'dc-sin-01' } })).body['code'],
  );
});
afterAll(() => api.close());

const reason = { reason: 'a test' };
const lines = [{ quantity: 1, config: usualConfig }];
const adopted = () => ({
  as: 'stock',
  datacenter: 'dc-nyc-01',
  serial: newId('alert', Date.now()),
  manufacturer: 'Supermicro',
  model: 'SYS-121C-TN10R',
  bmcMac: `02:11:11:${Math.random().toString(16).slice(2, 4)}:00:01`,
  macs: ['02:11:11:00:00:02'],
  config: usualConfig,
});
const lease = {
  kind: 'dhcp-lease',
  id: 'l1',
  at: '2026-11-02T08:00:00Z',
  datacenter: 'dc-nyc-01',
  mac: '02:22:22:00:00:01',
  address: 'http://127.101.0.9',
};

const csr = makeRequest(makeKey());
const release = {
  version: '1.1.0',
  url: 'https://releases.example/rackline-edge-1.1.0.mjs',
  sha256: 'a'.repeat(64),
  signature: `${'A'.repeat(86)}==`,
};

type Row = readonly [name: string, rights: string, path: () => string, body?: () => unknown];
/**
 * One row per endpoint: `+` may, `-` is forbidden (403), `?` is told that there is no such thing (404). Columns: A O V
 * G P D X U N F E.
 */
const table: readonly Row[] = [
  ['list-orders', '++++++++---', () => '/v1/orders'],
  ['read-order', '+++?++++---', () => `/v1/orders/${acme.orderId}`],
  ['order-timeline', '+++?++++---', () => `/v1/orders/${acme.orderId}/timeline`],
  ['submit-order', '++--+------', () => '/v1/orders', () => ({ tenantId: 'acme', datacenter: 'dc-nyc-01', lines })],
  ['cancel-order', '+--?+------', () => `/v1/orders/${acme.orderId}/cancel`, () => reason],
  ['list-approvals', '+--+++++---', () => '/v1/approvals'],
  [
    'decide-approval',
    '+--?-+-----',
    () => `/v1/approvals/${acme.endApprovalId}/decision`,
    () => ({ decision: 'reject', ...reason }),
  ],
  ['list-quotes', '----++++---', () => `/v1/quotes?orderId=${acme.orderId}`],
  ['read-purchase', '----++++---', () => `/v1/purchase-orders/${acme.purchaseId}`],
  ['list-shipments', '----++-+++-', () => '/v1/shipments'],
  [
    'receive-item',
    '----+---+?-',
    () => `/v1/receiving/${acme.shipmentId}/items`,
    () => ({ serial: acme.serial, macs: [acme.mac], condition: 'good' }),
  ],
  ['list-tasks', '----+--+++-', () => '/v1/tasks'],
  ['read-task', '----+--++?-', () => `/v1/tasks/${acme.taskId}`],
  ['claim-task', '----+---+?-', () => `/v1/tasks/${acme.taskId}/claim`],
  ['complete-task', '----+---+?-', () => `/v1/tasks/${acme.taskId}/complete`, () => ({ confirmed: true })],
  ['create-enrolment', '----+------', () => '/v1/edge/enrolments', () => ({ datacenter: 'dc-nyc-01' })],
  ['enrol-agent', '+++++++++++', () => '/v1/edge/enrol', () => ({ code, csr, version: '1.0.0' })],
  ['renew-agent', '----------+', () => '/v1/edge/renew', () => ({ csr, version: '1.0.0' })],
  ['edge-config', '----------+', () => '/v1/edge/config?version=1.0.0'],
  ['list-agents', '----+--+++-', () => '/v1/edge/agents'],
  ['revoke-agent', '----+------', () => `/v1/edge/agents/${agentToRevoke}/revoke`, () => reason],
  ['set-release', '----+------', () => '/v1/edge/releases/dc-nyc-01', () => release],
  ['edge-events', '----------+', () => '/v1/edge/events', () => ({ events: [lease] })],
  ['edge-commands', '----------+', () => '/v1/edge/commands?datacenter=dc-nyc-01&process=p&ask=0'],
  ['edge-secrets', '----------+', () => '/v1/edge/secrets', () => ({ refs: [`bmc/${acme.serverId}/service`] })],
  ['expected-servers', '----------+', () => '/v1/edge/expected'],
  ['list-servers', '+++++--+---', () => '/v1/servers'],
  ['read-server', '+++?+--+---', () => `/v1/servers/${acme.serverId}`],
  ['reveal-credentials', '++-?-------', () => `/v1/servers/${acme.serverId}/credentials/reveal`],
  [
    'act-on-asset',
    '----+------',
    () => `/v1/assets/${acme.serverId}/actions`,
    () => ({ action: 'release', ...reason }),
  ],
  ['adopt-asset', '----+------', () => '/v1/assets/adopt', adopted],
  ['list-assets', '----+-++++-', () => '/v1/assets'],
  ['read-asset', '----+-+++?-', () => `/v1/assets/${acme.serverId}`],
  ['asset-history', '----+-+++?-', () => `/v1/assets/${acme.serverId}/history`],
  ['asset-proofs', '+++?+-+++?-', () => `/v1/assets/${acme.serverId}/proofs`],
  ['asset-log', '----+-+++?-', () => `/v1/assets/${acme.serverId}/log`],
  ['list-datacenters', '+++++++++++', () => '/v1/datacenters'],
  ['list-dead-letters', '----+--+---', () => '/v1/dead-letters'],
  ['replay-dead-letter', '----+------', () => `/v1/dead-letters/${acme.deadLetterId}/replay`],
  ['list-events', '++++++++++-', () => '/v1/events'],
  ['list-sagas', '----+--+---', () => '/v1/sagas'],
  ['list-systems', '----+--+---', () => '/v1/systems'],
  ['read-saga', '----+--+---', () => `/v1/sagas/${acme.sagaId}`],
  ['saga-history', '----+--+---', () => `/v1/sagas/${acme.sagaId}/history`],
  ['saga-events', '----+------', () => `/v1/sagas/${acme.sagaId}/events`, () => ({ event: 'skip', ...reason })],
  ['resume-saga', '----+------', () => `/v1/sagas/${acme.sagaId}/resume`, () => reason],
  ['retry-saga', '----+------', () => `/v1/sagas/${acme.sagaId}/retry`, () => reason],
  ['terminate-saga', '----+------', () => `/v1/sagas/${acme.sagaId}/terminate`, () => reason],
  [
    'request-maintenance',
    '+--?+------',
    () => '/v1/maintenance-windows',
    () => ({ serverId: acme.serverId, endsAt: '2026-12-01T00:00:00Z', ...reason }),
  ],
  ['list-decommissions', '+--++--+---', () => '/v1/decommissions'],
  ['read-decommission', '+--?+--+---', () => `/v1/decommissions/${acme.decommissionId}`],
  ['submit-decommission', '+--?+------', () => '/v1/decommissions', () => ({ serverId: acme.serverId, ...reason })],
  ['list-audit', '----+--+---', () => '/v1/audit'],
  ['verify-audit', '----+--+---', () => '/v1/audit/verify'],
  ['read-me', '+++++++++++', () => '/v1/me'],
];
const methodOf = (name: string) =>
  (contracts.find((each) => each.name === name)?.route.split(' ')[0] ?? 'GET') as 'GET' | 'POST' | 'PUT';
const ask = (who: string | null, [name, , path, body]: Row, more: Ask = {}) =>
  api.as(who)(`${methodOf(name)} ${path() as `/${string}`}`, { ...(body && { body: body() }), ...more });
/**
 * `+` may, though the present state may be against it; what is wrong with the request itself would be a mistake of this
 * test.
 */
const rightOf = (status: number) =>
  status === 403 ? '-' : status === 404 ? '?' : [200, 201, 202, 409].includes(status) ? '+' : `(${status})`;

describe('who may do what', () => {
  it('is said in this table for every endpoint there is', () => {
    expect(table.map(([name]) => name).sort()).toEqual(contracts.map(({ name }) => name).sort());
  });

  it.each(table)('%s %s', async (...row) => {
    const [, rights] = row;
    // The strangers first: what they are refused must not depend on what the others have done.
    const order = (Object.keys(people) as Person[])
      .map((person, column) => ({ person, right: rights[column] }))
      .sort((a, b) => Number(a.right === '+') - Number(b.right === '+'));
    const found = new Map<Person, string>();
    for (const { person } of order) found.set(person, rightOf((await ask(people[person], row)).status));
    expect((Object.keys(people) as Person[]).map((person) => found.get(person)).join('')).toBe(rights);
  });

  const isOpen = (name: string) => contracts.find((each) => each.name === name)?.audience === 'anonymous';
  it.each(table.filter(([name]) => !isOpen(name)))('%s: nobody without a token', async (...row) => {
    const answer = await ask(null, row);
    expect(answer).toMatchObject({ status: 401, body: { code: 'auth.needed', status: 401 } });
  });

  it('is open to whoever has a code, and to no other stranger', async () => {
    expect(table.filter(([name]) => isOpen(name)).map(([name]) => name)).toEqual(['enrol-agent']);
    const enrol = table.find(([name]) => name === 'enrol-agent')!;
    expect((await ask(null, enrol)).status).toBe(200);
    expect(
      (await ask(null, [enrol[0], '', enrol[2], () => ({ code: `${code}x`, csr, version: '1.0.0' })])).status,
    ).toBe(403);
  });

  it('lets nobody but an approver decide on a purchase, not even the tenant it is for', async () => {
    const decide = (who: string) =>
      api.as(who)(`POST /v1/approvals/${globex.purchaseApprovalId}/decision`, {
        body: { decision: 'reject', ...reason },
      });
    expect((await decide(people.G)).status).toBe(403);
    expect((await decide(people.P)).status).toBe(403);
    expect((await decide(people.D)).body).toMatchObject({ state: 'rejected', decidedBy: people.D });
  });

  it('lets nobody decide on what they asked for themselves', async () => {
    const me = String((await api.as(people.G)('GET /v1/me')).body['id']);
    await api.db.run('UPDATE approval SET requested_by_id = $2 WHERE id = $1', [globex.endApprovalId, me]);
    const answer = await api.as(people.G)(`POST /v1/approvals/${globex.endApprovalId}/decision`, {
      body: { decision: 'approve', ...reason },
    });
    expect(answer).toMatchObject({ status: 403, body: { detail: 'You asked for it: somebody else has to decide.' } });
  });

  it("takes an edge agent's word for its own datacenter only", async () => {
    const answer = await api.as(people.E)('POST /v1/edge/events', {
      body: { events: [lease, { ...lease, datacenter: 'dc-fra-01' }] },
    });
    expect(answer).toMatchObject({ status: 403, body: { code: 'edge.foreign-datacenter' } });
  });

  it('lets a tenant order for nobody else', async () => {
    const answer = await api.as(people.A)('POST /v1/orders', {
      body: { tenantId: 'globex', datacenter: 'dc-nyc-01', lines },
    });
    expect(answer.status).toBe(403);
  });
});

describe('what belongs to another', () => {
  const foreign = [
    'read-order',
    'order-timeline',
    'cancel-order',
    'decide-approval',
    'read-server',
    'reveal-credentials',
    'request-maintenance',
    'read-decommission',
    'submit-decommission',
  ];
  it.each(foreign)('looks to %s like what does not exist', async (name) => {
    const row = table.find(([each]) => each === name);
    if (!row) throw new Error(`The table has no ${name}.`);
    const [, , path, body] = row;
    const known =
      [acme.orderId, acme.serverId, acme.endApprovalId, acme.decommissionId].find((id) =>
        `${path()} ${JSON.stringify(body?.())}`.includes(id),
      ) ?? '';
    const unknown = `${known.slice(0, -4)}0000`;
    const swap = (text: string) => text.replaceAll(known, unknown);
    const theirs = await ask(people.G, row);
    const nothing = await ask(people.G, [
      name,
      '',
      () => swap(path()),
      body && ((() => JSON.parse(swap(JSON.stringify(body())))) as never),
    ]);
    const instruction = ({ status, body: { traceId: _trace, detail, ...rest } }: typeof theirs) => ({
      status,
      ...rest,
      detail: String(detail).replaceAll(known, 'it').replaceAll(unknown, 'it'),
    });
    expect(instruction(theirs)).toEqual(instruction(nothing));
    expect(theirs.status).toBe(404);
  });

  const lists = ['/v1/orders', '/v1/servers', '/v1/approvals', '/v1/decommissions', '/v1/events'] as const;
  it.each(lists)('is in no list: %s', async (path) => {
    for (const [who, own, other] of [
      [people.A, acme, globex],
      [people.G, globex, acme],
    ] as const) {
      const { text } = await api.as(who)(`GET ${path}?limit=200`);
      for (const value of Object.values(other))
        if (typeof value === 'string' && !['acme', 'globex'].includes(value)) expect(text).not.toContain(value);
      expect(text).not.toContain(`"tenantId":"${other.tenantId}"`);
      expect(text).toContain(`"${own.tenantId}"`);
    }
  });

  it.each(['/v1/tasks', '/v1/shipments', '/v1/assets', '/v1/events'] as const)(
    'is in no list of another datacenter: %s',
    async (path) => {
      for (const [who, own, other] of [
        [people.N, acme, globex],
        [people.F, globex, acme],
      ] as const) {
        const { text } = await api.as(who)(`GET ${path}?limit=200`);
        expect(text).not.toContain(`"${other.datacenterId}"`);
        expect(text).toContain(`"${own.datacenterId}"`);
      }
    },
  );

  it('cannot be had by asking for it in a filter', async () => {
    expect((await api.as(people.N)('GET /v1/tasks?datacenter=dc-fra-01')).body['items']).toEqual([]);
    expect((await api.as(people.N)('GET /v1/assets?datacenter=dc-fra-01')).body['items']).toEqual([]);
    expect((await api.as(people.N)(`GET /v1/shipments?orderId=${globex.orderId}`)).body['items']).toEqual([]);
    expect((await api.as(people.A)(`GET /v1/events?subject=${globex.orderId}`)).body['items']).toEqual([]);
    expect((await api.as(people.A)(`GET /v1/decommissions?serverId=${globex.serverId}`)).body['items']).toEqual([]);
  });

  it('shows a tenant of its own server nothing of how we run it', async () => {
    const { body } = await api.as(people.A)(`GET /v1/servers/${acme.serverId}`);
    expect(Object.keys(body)).not.toEqual(expect.arrayContaining(['bmcAddress']));
    expect(Object.keys(body)).not.toEqual(expect.arrayContaining(['bmcMac']));
    const events = (await api.as(people.A)('GET /v1/events')).body['items'] as { data: object }[];
    for (const { data } of events) expect(Object.keys(data)).not.toContain('requestedBy');
  });
});

describe('a token', () => {
  const claims = { sub: 'ops@rackline.example', roles: ['ops'] };
  const sign = async (change: (jwt: SignJWT) => SignJWT) => {
    const { privateKey } = await generateKeyPair('RS256');
    return change(
      new SignJWT(claims)
        .setProtectedHeader({ alg: 'RS256' })
        .setIssuer(api.issuer)
        .setAudience('rackline')
        .setExpirationTime('1h'),
    ).sign(privateKey);
  };
  const asking = (token: string) => api.as(null)('GET /v1/me', { headers: { authorization: `Bearer ${token}` } });

  it.each([
    ['signed with a key that the issuer does not publish', () => sign((jwt) => jwt)],
    [
      'naming its own key',
      async () => {
        const { publicKey, privateKey } = await generateKeyPair('RS256');
        return new SignJWT(claims)
          .setProtectedHeader({ alg: 'RS256', jwk: await exportJWK(publicKey) })
          .setIssuer(api.issuer)
          .setAudience('rackline')
          .setExpirationTime('1h')
          .sign(privateKey);
      },
    ],
    [
      'signed with no key at all',
      async () =>
        new UnsecuredJWT(claims).setIssuer(api.issuer).setAudience('rackline').setExpirationTime('1h').encode(),
    ],
    [
      'signed with the public key as if it were a secret',
      async () => {
        const { keys } = (await (await fetch(`${api.issuer}/jwks`)).json()) as { keys: { n: string }[] };
        return new SignJWT(claims)
          .setProtectedHeader({ alg: 'HS256' })
          .setIssuer(api.issuer)
          .setAudience('rackline')
          .setExpirationTime('1h')
          .sign(new TextEncoder().encode(keys[0]?.n));
      },
    ],
    [
      'changed after it was signed',
      async () => {
        const [head, body, signature] = (await api.token(people.V)).split('.');
        const payload = { ...JSON.parse(Buffer.from(body ?? '', 'base64url').toString()), roles: ['ops'] };
        return [head, Buffer.from(JSON.stringify(payload)).toString('base64url'), signature].join('.');
      },
    ],
    ['that is none', async () => 'abc'],
  ])('%s is refused', async (_what, make) => {
    expect(await asking(await make())).toMatchObject({ status: 401, body: { code: 'auth.token-refused' } });
  });

  it('that was good a moment ago is not good beyond its end', async () => {
    const token = await api.token(people.N);
    const { exp = 0 } = decodeJwt(token);
    let now = exp * 1000 - 1;
    const { fromToken } = createAuthenticator({
      issuer: api.issuer,
      audience: 'rackline',
      db: api.db,
      clock: { now: () => now },
    });
    await expect(fromToken(token)).resolves.toMatchObject({ name: people.N });
    now = exp * 1000 + 59_000; // what clocks may differ by
    await expect(fromToken(token)).resolves.toMatchObject({ name: people.N });
    now = exp * 1000 + 60_001;
    await expect(fromToken(token)).rejects.toMatchObject({ code: 'auth.token-refused' });
  });

  it('of the issuer says who it is', async () => {
    expect((await api.as(people.N)('GET /v1/me')).body).toMatchObject({
      name: people.N,
      roles: ['technician'],
      tenantId: null,
      datacenterIds: ['dc-nyc-01'],
    });
  });
});
