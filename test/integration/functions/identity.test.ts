import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import type { Claims } from '../../../shared/access/caller.ts';
import { insertSession } from '../../../shared/access/sessions.db.ts';
import { sessionCookie } from '../../../shared/http/who-asks.ts';
import { isoTime } from '../../../shared/kernel/clock.ts';
import { hours } from '../../../shared/kernel/durations.ts';
import { usualConfig } from '../../kit/orders.ts';
import { until } from '../../kit/until.ts';
import { anApi, type Api, type Ask } from './kit.ts';
import { belongings, type Belongings } from './seed.ts';

let api: Api;
let acme: Belongings;
beforeAll(async () => {
  api = await anApi();
  acme = await belongings(api, 'acme', 'dc-nyc-01');
});
afterAll(() => api.close());

/** The same person may come with a token that says little, or with a session that says much. */
const saying =
  (claims: Omit<Claims, 'iss'>) =>
  async (request: `${'GET' | 'POST'} /${string}`, ask: Ask = {}) => {
    const secret = randomUUID();
    const now = Date.now();
    await insertSession(api.db, {
      cookie: secret,
      claims: { iss: api.issuer, ...claims },
      idToken: undefined,
      createdAt: isoTime(now),
      expiresAt: isoTime(now + hours(1)),
    });
    return api.as(null)(request, {
      ...ask,
      headers: { ...ask.headers, cookie: `${sessionCookie}=${secret}`, origin: api.url },
    });
  };
const labels: [what: string, labels: Omit<Claims, 'iss' | 'sub' | 'roles' | 'tenant'>][] = [
  ['an e-mail address and a name', { email: 'ada@acme.example', name: 'Ada' }],
  ['a name', { name: 'Ada' }],
  ['nothing', {}],
  ['another e-mail address', { email: 'ada@elsewhere.example' }],
];

/** What its saga asks for: the approval of a decommission. */
const approvalOf = async (decommissionId: unknown): Promise<string> => {
  let approval: { id: string } | undefined;
  await until(
    'the proposal to wait for a decision',
    async () =>
      (approval = await api.db.maybe(z.object({ id: z.string() }), 'SELECT id FROM approval WHERE subject = $1', [
        decommissionId,
      ])) !== undefined,
  );
  return approval?.id ?? '';
};
const decide = (who: Omit<Claims, 'iss'>, approvalId: string) =>
  saying(who)(`POST /v1/approvals/${approvalId}/decision`, { body: { decision: 'reject', reason: 'a test' } });

describe('who asked for a decommission', () => {
  it('may not decide on it, whatever their token says; a colleague with the same e-mail address may', async () => {
    const who = { sub: '4711', roles: ['tenant-admin'], tenant: 'acme', email: 'team@acme.example' };
    const proposed = await saying(who)('POST /v1/decommissions', {
      body: { serverId: acme.serverId, reason: 'a test' },
    });
    const approvalId = await approvalOf(proposed.body['id']);
    for (const [, more] of labels) {
      expect(await decide({ sub: who.sub, roles: who.roles, tenant: who.tenant, ...more }, approvalId)).toMatchObject({
        status: 403,
        body: { detail: 'You asked for it: somebody else has to decide.' },
      });
    }
    expect(await decide({ ...who, sub: '4799' }, approvalId)).toMatchObject({
      status: 200,
      body: { state: 'rejected', decidedBy: who.email },
    });
  });
});

describe('one person whose tokens say', () => {
  it.each(labels)('%s gets the first answer again under the same Idempotency-Key', async (_what, more) => {
    const who = { sub: '4712', roles: ['tenant-admin'], tenant: 'acme' };
    const order = {
      headers: { 'idempotency-key': randomUUID() },
      body: { datacenter: 'dc-nyc-01', lines: [{ quantity: 1, config: usualConfig }] },
    };
    const first = await saying(who)('POST /v1/orders', order);
    const again = await saying({ ...who, ...more })('POST /v1/orders', order);
    expect(again).toMatchObject({ status: 202, body: { id: first.body['id'] } });
    expect(again.headers.get('idempotent-replayed')).toBe('true');
  });

  it.each(labels)('%s goes on with the task they took', async (_what, more) => {
    const who = { sub: '4713', roles: ['technician'], datacenters: ['dc-nyc-01'] };
    expect((await saying(who)(`POST /v1/tasks/${acme.taskId}/claim`)).status).toBe(200);
    expect((await saying({ ...who, ...more })(`POST /v1/tasks/${acme.taskId}/claim`)).status).toBe(200);
  });
});

describe('two people who share an e-mail address', () => {
  const shared = { email: 'team@acme.example', name: 'The team' };
  it('do not get each other’s answers under one Idempotency-Key', async () => {
    const order = {
      headers: { 'idempotency-key': randomUUID() },
      body: { datacenter: 'dc-nyc-01', lines: [{ quantity: 1, config: usualConfig }] },
    };
    const [one, other] = [
      await saying({ sub: '6001', roles: ['tenant-admin'], tenant: 'acme', ...shared })('POST /v1/orders', order),
      await saying({ sub: '6002', roles: ['tenant-admin'], tenant: 'acme', ...shared })('POST /v1/orders', order),
    ];
    expect(other.body['id']).not.toBe(one.body['id']);
  });
});

describe('the audit', () => {
  it('names who acted by issuer and subject, beside the label that people read', async () => {
    await saying({ sub: '7001', roles: ['technician'], datacenters: ['dc-nyc-01'], email: 'tilda@dc-nyc-01.example' })(
      `POST /v1/tasks/${acme.taskId}/claim`,
    );
    const { body } = await api.as('auditor@rackline.example')('GET /v1/audit?actor=tilda@dc-nyc-01.example');
    expect(body['items']).toMatchObject([
      { actor: 'tilda@dc-nyc-01.example', actorId: `${api.issuer}#7001`, action: 'claim-task' },
    ]);
  });
});
