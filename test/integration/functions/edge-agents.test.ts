import { createPublicKey, X509Certificate } from 'node:crypto';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { createAuthenticator } from '../../../shared/access/authenticate.ts';
import { Caller } from '../../../shared/access/caller.ts';
import { agentUri } from '../../../shared/domain/edge/agent-certificate.ts';
import { AgentIdentity, type AgentView } from '../../../shared/domain/edge/agents.api.ts';
import { revokeCertificates } from '../../../shared/domain/edge/revoke-agent.ts';
import { makeKey, makeRequest } from '../../../shared/kernel/certificate-request.ts';
import { AgentId, DatacenterId } from '../../../shared/kernel/ids.ts';
import { certify, type CertificateWish } from '../../simulators/kit/authority.ts';
import type { VaultState } from '../../simulators/vault/vault.ts';
import { anApi, edgeAgent, type Answer, type Api } from './kit.ts';

let api: Api;
const ops = 'ops@rackline.example';
const version = '1.0.0';
beforeAll(async () => {
  api = await anApi();
});
afterAll(() => api.close());
beforeEach(() => api.db.run('DELETE FROM edge_enrolment_failure'));
afterEach(() => api.lab.faults.clear());

const newCode = async (datacenter = 'dc-nyc-01'): Promise<string> =>
  String((await api.as(ops)('POST /v1/edge/enrolments', { body: { datacenter } })).body['code']);
const enrol = (code: string, key = makeKey(), headers: Record<string, string> = {}) =>
  api.as(null)('POST /v1/edge/enrol', { body: { code, csr: makeRequest(key), version }, headers });
const identityIn = ({ body }: Answer): AgentIdentity => AgentIdentity.parse(body);
const derOf = ({ certificate }: AgentIdentity): Buffer => new X509Certificate(certificate).raw;
const agentsFor = async (who: string) =>
  (await api.as(who)('GET /v1/edge/agents?limit=200')).body['items'] as AgentView[];
const agentView = async (id: string) => (await agentsFor(ops)).find((each) => each.id === id);
const pki = () => api.lab.state<VaultState>('vault').pki;
/** Who somebody with that certificate is, at that moment. */
const authenticatedAt = (at: number) =>
  createAuthenticator({ issuer: api.issuer, audience: 'rackline', db: api.db, clock: { now: () => at } });
const eventsOf = async (subject: string) => {
  await api.relay.drain();
  return (await api.as(ops)(`GET /v1/events?subject=${subject}`)).body['items'] as {
    type: string;
    data: Record<string, unknown>;
  }[];
};

describe('enrolment', () => {
  it('gives the key a certificate for a week, under a name bound to the datacenter', async () => {
    const key = makeKey();
    const { agentId, datacenter, certificate, chain, expiresAt } = identityIn(
      await enrol(await newCode('dc-fra-01'), key),
    );
    const leaf = new X509Certificate(certificate);
    expect(datacenter).toBe('dc-fra-01');
    expect(leaf.subjectAltName).toBe(`URI:urn:rackline:edge:dc-fra-01:${agentId}`);
    expect(leaf.publicKey.equals(createPublicKey(key))).toBe(true);
    expect(leaf.verify(new X509Certificate(chain).publicKey)).toBe(true);
    expect(Math.round((Date.parse(expiresAt) - api.deps.clock.now()) / 86_400_000)).toBe(7);
    expect(await agentView(agentId)).toMatchObject({
      state: 'active',
      datacenterId: 'dc-fra-01',
      version,
      certificateExpiresAt: expiresAt,
    });
    expect(await eventsOf(agentId)).toMatchObject([
      { type: 'com.rackline.edge.agent_enrolled', data: { agentId, version, from: '127.0.0.1' } },
    ]);
  });

  it('keeps no code in the clear, and shows it once', async () => {
    const code = await newCode();
    const headers = { 'idempotency-key': 'once' };
    const [first, second] = [
      await api.as(ops)('POST /v1/edge/enrolments', { body: { datacenter: 'dc-nyc-01' }, headers }),
      await api.as(ops)('POST /v1/edge/enrolments', { body: { datacenter: 'dc-nyc-01' }, headers }),
    ];
    expect(second.body['code']).not.toBe(first.body['code']);
    const stored = await api.db.many(
      z.record(z.string(), z.unknown()),
      'SELECT to_jsonb(e) AS row FROM edge_enrolment e UNION ALL SELECT to_jsonb(i) FROM ' +
        'idempotent_request i UNION ALL SELECT to_jsonb(a) FROM audit_entry a',
    );
    for (const each of [code, String(first.body['code'])])
      expect(JSON.stringify(stored)).not.toContain(each.split('.')[1]);
  });

  it('is in the audit, with who became what', async () => {
    const { agentId } = identityIn(await enrol(await newCode()));
    await enrol('enr_none.wrong');
    const entries = (await api.as(ops)('GET /v1/audit?limit=20')).body['items'] as {
      actor: string;
      action: string;
      outcome: number;
    }[];
    expect(entries).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ action: 'create-enrolment', actor: ops, outcome: 201 }),
        expect.objectContaining({ action: 'enrol-agent', actor: `edge:${agentId}`, outcome: 200 }),
        expect.objectContaining({ action: 'enrol-agent', actor: 'anonymous', outcome: 403 }),
      ]),
    );
  });

  it('answers the same 403 to a code that is wrong, over, used by another, or none', async () => {
    const [used, over, right] = [await newCode(), await newCode(), await newCode()];
    await enrol(used);
    await api.db.run("UPDATE edge_enrolment SET expires_at = now() - interval '1 second' WHERE id = $1", [
      over.split('.')[0],
    ]);
    const refused = [];
    for (const code of [
      used,
      over,
      `${right}x`,
      `${right.slice(0, -1)}`,
      right.split('.')[0] ?? '',
      `enr_01J.${right.split('.')[1]}`,
      'nothing',
    ])
      refused.push(await enrol(code));
    const answers = refused.map(({ status, body: { traceId: _trace, ...rest } }) => ({ status, rest }));
    expect(new Set(answers.map((each) => JSON.stringify(each))).size).toBe(1);
    expect(answers[0]).toMatchObject({ status: 403, rest: { code: 'edge.code-refused' } });
    expect((await enrol(right)).status).toBe(200);
  });

  it('gives the same identity to the same key again when the answer was lost, and to no other', async () => {
    const [code, key] = [await newCode(), makeKey()];
    const [first, again] = [identityIn(await enrol(code, key)), identityIn(await enrol(code, key))];
    expect(again.agentId).toBe(first.agentId);
    expect(new X509Certificate(again.certificate).publicKey.equals(createPublicKey(key))).toBe(true);
    expect((await enrol(code, makeKey())).status).toBe(403);
    expect(await eventsOf(first.agentId)).toHaveLength(1);
  });

  it('lets one in when two come with the same code at once', async () => {
    const code = await newCode();
    const answers = await Promise.all(Array.from({ length: 4 }, () => enrol(code)));
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 403, 403, 403]);
  });

  it('goes on where it was when the authority was away: the code is not lost', async () => {
    const [code, key] = [await newCode(), makeKey()];
    api.lab.faults.set({
      system: 'vault',
      method: 'POST',
      path: 'sign',
      times: 3,
      fault: { kind: 'status', status: 503 },
    });
    expect((await enrol(code, key)).status).toBe(503);
    const [waiting] = await agentsFor(ops);
    expect(waiting).toMatchObject({ state: 'enrolling', certificateExpiresAt: null });
    expect(identityIn(await enrol(code, key)).agentId).toBe(waiting?.id);
  });

  it('is for a datacenter that we have', async () => {
    expect((await api.as(ops)('POST /v1/edge/enrolments', { body: { datacenter: 'dc-none-01' } })).status).toBe(404);
  });

  it('wants a request for an EC P-256 key, signed by it', async () => {
    const answer = await api.as(null)('POST /v1/edge/enrol', { body: { code: await newCode(), csr: 'none', version } });
    expect(answer).toMatchObject({ status: 400, body: { code: 'edge.bad-request-for-certificate' } });
  });
});

describe('guessing codes', () => {
  it('kills a code after five wrong tries at it', async () => {
    const code = await newCode();
    for (let tries = 0; tries < 5; tries++) await enrol(`${code.slice(0, -1)}!`);
    expect((await enrol(code)).status).toBe(403);
  });

  it('is refused after ten wrong codes from one address, even the right one, for a quarter of an hour', async () => {
    const code = await newCode();
    for (let tries = 0; tries < 10; tries++) expect((await enrol(`enr_${tries}.guess`)).status).toBe(403);
    const heard = await enrol(code);
    expect(heard).toMatchObject({ status: 429, body: { code: 'edge.too-many-codes' } });
    expect(Number(heard.headers.get('retry-after'))).toBeGreaterThan(800);
    await api.db.run("UPDATE edge_enrolment_failure SET at = at - interval '16 minutes'");
    expect((await enrol(code)).status).toBe(200);
  });

  it('does not get further by claiming to come from elsewhere', async () => {
    for (let tries = 0; tries < 10; tries++)
      await enrol('enr_1.guess', makeKey(), { 'x-forwarded-for': `203.0.113.${tries}` });
    expect((await enrol('enr_1.guess', makeKey(), { 'x-forwarded-for': '203.0.113.99' })).status).toBe(429);
  });
});

describe('renewal', () => {
  it('certifies another key of the same agent; the certificate before counts on', async () => {
    const agent = await api.agent('dc-nyc-01');
    const key = makeKey();
    const renewed = identityIn(
      await api.as(edgeAgent('dc-nyc-01'))('POST /v1/edge/renew', {
        body: { csr: makeRequest(key), version: '1.0.1' },
      }),
    );
    expect(renewed.agentId).toBe(agent.agentId);
    const authenticator = authenticatedAt(api.deps.clock.now());
    for (const each of [agent, renewed])
      expect(await authenticator.fromCertificate(derOf(each))).toMatchObject({
        agentId: agent.agentId,
        roles: ['edge'],
        datacenterIds: ['dc-nyc-01'],
        name: `edge:${agent.agentId}`,
      });
    expect(await agentView(agent.agentId)).toMatchObject({ version: '1.0.1', certificateExpiresAt: renewed.expiresAt });
  });
});

describe('a client certificate', () => {
  const now = () => api.deps.clock.now();
  const callerOf = (der: Buffer, at = now()) => authenticatedAt(at).fromCertificate(der);
  /** As the authority itself would sign it, past the platform. */
  const signed = async (wish: Partial<CertificateWish>): Promise<Buffer> => {
    const issuer = pki()?.issuer;
    if (!issuer) throw new Error('The lab has no authority yet.');
    return new X509Certificate(
      (
        await certify(issuer, createPublicKey(makeKey()), {
          notBefore: new Date(now() - 1000),
          notAfter: new Date(now() + 3_600_000),
          usages: ['client'],
          ...wish,
        })
      ).certificate,
    ).raw;
  };

  it('does not count before and after its time', async () => {
    const agent = await api.agent('dc-nyc-01');
    await expect(callerOf(derOf(agent), Date.parse(agent.expiresAt))).rejects.toMatchObject({
      kind: 'unauthenticated',
      code: 'edge.certificate-over',
    });
    await expect(callerOf(derOf(agent), now() - 3_600_000)).rejects.toMatchObject({ code: 'edge.certificate-not-yet' });
    await expect(callerOf(derOf(agent), Date.parse(agent.expiresAt) - 1)).resolves.toMatchObject({
      agentId: agent.agentId,
    });
  });

  it('that our authority signed but we did not hand out is nobody’s, whatever it says', async () => {
    const { agentId } = await api.agent('dc-nyc-01');
    const forged = await signed({
      names: [
        {
          type: 'url',
          value: agentUri({ datacenter: DatacenterId.parse('dc-nyc-01'), agentId: AgentId.parse(agentId) }),
        },
      ],
    });
    await expect(callerOf(forged)).rejects.toMatchObject({ kind: 'unauthenticated', code: 'edge.certificate-unknown' });
  });

  it('on our list that speaks for another datacenter, or that another signed, is refused all the same', async () => {
    const agent = await api.agent('dc-nyc-01');
    const elsewhere = await signed({
      names: [
        {
          type: 'url',
          value: agentUri({ datacenter: DatacenterId.parse('dc-fra-01'), agentId: AgentId.parse(agent.agentId) }),
        },
      ],
    });
    const { fingerprint256 } = new X509Certificate(elsewhere);
    await api.db.run(
      'INSERT INTO edge_certificate (fingerprint, agent_id, authority, serial, issued_at, expires_at) ' +
        'SELECT $1, agent_id, authority, $2, issued_at, expires_at FROM edge_certificate WHERE agent_id = $3 ' +
        'LIMIT 1',
      [fingerprint256.replaceAll(':', '').toLowerCase(), 'x', agent.agentId],
    );
    await expect(callerOf(elsewhere)).rejects.toMatchObject({ code: 'edge.certificate-unknown' });
    await api.db.run("DELETE FROM edge_certificate WHERE serial = 'x'");
    await api.db.run('INSERT INTO edge_authority (fingerprint, certificate) VALUES ($1, $2)', ['other', pki()?.root]);
    await api.db.run("UPDATE edge_certificate SET authority = 'other' WHERE agent_id = $1", [agent.agentId]);
    await expect(callerOf(derOf(agent))).rejects.toMatchObject({ code: 'edge.certificate-unknown' });
    await api.db.run(
      'UPDATE edge_certificate SET authority = (SELECT fingerprint FROM edge_authority WHERE fingerprint ' +
        "<> 'other') WHERE agent_id = $1",
      [agent.agentId],
    );
    await expect(callerOf(derOf(agent))).resolves.toMatchObject({ agentId: agent.agentId });
  });

  it('is nothing when a caller writes it into the header himself', async () => {
    const agent = await api.agent('dc-nyc-01');
    const header = derOf(agent).toString('base64');
    for (const name of ['x-arr-clientcert', 'X_ARR_ClientCert'])
      expect(await api.as(null)('GET /v1/me', { headers: { [name]: header } })).toMatchObject({
        status: 401,
        body: { code: 'auth.needed' },
      });
  });

  it('is asked after the token: whoever shows both is whom the token names', async () => {
    const answer = await api.as(edgeAgent('dc-nyc-01'))('GET /v1/me', {
      headers: { authorization: `Bearer ${await api.token(ops)}` },
    });
    expect(answer.body).toMatchObject({ name: ops });
  });

  it('speaks for its own datacenter only', async () => {
    const lease = {
      kind: 'dhcp-lease',
      id: 'l1',
      at: '2026-11-02T08:00:00Z',
      datacenter: 'dc-fra-01',
      mac: '02:22:22:00:00:01',
      address: 'http://127.102.0.9',
    };
    expect(await api.as(edgeAgent('dc-nyc-01'))('POST /v1/edge/events', { body: { events: [lease] } })).toMatchObject({
      status: 403,
      body: { code: 'edge.foreign-datacenter' },
    });
  });
});

describe('shutting an agent out', () => {
  it('works at once, for all its certificates, tells the authority, and twice is the same as once', async () => {
    const agent = await api.agent('dc-sin-01');
    const renewed = identityIn(
      await api.as(edgeAgent('dc-sin-01'))('POST /v1/edge/renew', { body: { csr: makeRequest(makeKey()), version } }),
    );
    const revoke = () =>
      api.as(ops)(`POST /v1/edge/agents/${agent.agentId}/revoke`, { body: { reason: 'the machine was stolen' } });
    const first = await revoke();
    expect(first).toMatchObject({ status: 200, body: { state: 'revoked', revokedReason: 'the machine was stolen' } });
    expect((await revoke()).body['revokedAt']).toBe(first.body['revokedAt']);
    expect(await api.as(edgeAgent('dc-sin-01'))('GET /v1/edge/config?version=1')).toMatchObject({
      status: 401,
      body: { code: 'edge.agent-revoked' },
    });
    expect(
      (await api.as(edgeAgent('dc-sin-01'))('POST /v1/edge/renew', { body: { csr: makeRequest(makeKey()), version } }))
        .status,
    ).toBe(401);
    const ofAgent = Object.values(pki()?.certificates ?? {}).filter(({ certificate }) =>
      [agent, renewed].some((each) =>
        new X509Certificate(each.certificate).raw.equals(new X509Certificate(certificate).raw),
      ),
    );
    expect(ofAgent.map(({ revokedAt }) => revokedAt !== null)).toEqual([true, true]);
    expect((await eventsOf(agent.agentId)).map(({ type }) => type)).toEqual([
      'com.rackline.edge.agent_enrolled',
      'com.rackline.edge.agent_revoked',
    ]);
  });

  it('works also while the authority does not answer; it is asked again later', async () => {
    const { agentId, certificate } = identityIn(await enrol(await newCode()));
    api.lab.faults.set({
      system: 'vault',
      method: 'POST',
      path: 'revoke',
      times: 3,
      fault: { kind: 'status', status: 503 },
    });
    expect(await api.as(ops)(`POST /v1/edge/agents/${agentId}/revoke`, { body: { reason: 'a test' } })).toMatchObject({
      status: 200,
      body: { state: 'revoked' },
    });
    const isToldOf = () =>
      Object.values(pki()?.certificates ?? {}).find((each) =>
        new X509Certificate(each.certificate).raw.equals(new X509Certificate(certificate).raw),
      )?.revokedAt !== null;
    expect(isToldOf()).toBe(false);
    await revokeCertificates(api.deps);
    expect(isToldOf()).toBe(true);
  });

  it('of a code’s agent kills the code as well', async () => {
    const [code, key] = [await newCode(), makeKey()];
    const { agentId } = identityIn(await enrol(code, key));
    await api.as(ops)(`POST /v1/edge/agents/${agentId}/revoke`, { body: { reason: 'a test' } });
    expect((await enrol(code, key)).status).toBe(403);
  });

  it('is for an agent that there is', async () => {
    expect(
      (await api.as(ops)('POST /v1/edge/agents/agt_01JABCDEFGHJKMNPQRSTVWXYZ0/revoke', { body: { reason: 'a test' } }))
        .status,
    ).toBe(404);
  });
});

describe('the list of agents', () => {
  it('shows a technician those of their datacenter', async () => {
    await api.agent('dc-nyc-01');
    await api.agent('dc-fra-01');
    expect(
      new Set((await agentsFor('technician@dc-nyc-01.rackline.example')).map(({ datacenterId }) => datacenterId)),
    ).toEqual(new Set(['dc-nyc-01']));
  });

  it('comes in pages', async () => {
    const first = await api.as(ops)('GET /v1/edge/agents?limit=1');
    const second = await api.as(ops)(`GET /v1/edge/agents?limit=1&after=${String(first.body['next'])}`);
    expect((second.body['items'] as AgentView[])[0]?.id).not.toBe((first.body['items'] as AgentView[])[0]?.id);
  });
});

describe('the configuration', () => {
  const asked = (etag?: string, datacenter = 'dc-lon-01') =>
    api.as(edgeAgent(datacenter))(
      'GET /v1/edge/config?version=2.0.0',
      etag === undefined ? {} : { headers: { 'if-none-match': etag } },
    );
  const release = {
    version: '2.1.0',
    url: 'https://releases.example/rackline-edge-2.1.0.mjs',
    sha256: '0'.repeat(64),
    signature: `${'A'.repeat(86)}==`,
  };

  it('is the datacenter’s own, and is sent again only when it has changed', async () => {
    const first = await asked();
    expect(first.body).toEqual({
      datacenter: 'dc-lon-01',
      managementPrefixes: ['127.103.0.0/16'],
      pullSeconds: 60,
      release: null,
    });
    const etag = first.headers.get('etag') ?? '';
    expect((await asked(etag)).status).toBe(304);
    expect((await api.as(ops)('PUT /v1/edge/releases/dc-lon-01', { body: release })).body).toMatchObject({
      datacenter: 'dc-lon-01',
      ...release,
      setBy: ops,
    });
    const changed = await asked(etag);
    expect([changed.status, changed.body['release']]).toEqual([200, release]);
    expect((await asked(undefined, 'dc-fra-01')).body['release']).toBeNull();
  });

  it('tells, by being asked for, that an agent lives and what it runs', async () => {
    const { agentId } = await api.agent('dc-lon-01');
    await api.db.run("UPDATE edge_agent SET last_seen_at = '2026-01-01' WHERE id = $1", [agentId]);
    await asked();
    const seen = await agentView(agentId);
    expect(seen?.version).toBe('2.0.0');
    expect(Date.parse(seen?.lastSeenAt ?? '')).toBeGreaterThan(api.deps.clock.now() - 60_000);
  });

  it.each([
    ['a version that leads elsewhere', { version: '../1.0' }, /version/],
    ['an address that is none', { url: 'file:///etc/passwd' }, /url/],
    ['a digest that is none', { sha256: 'abc' }, /sha256/],
    ['a signature that is none', { signature: 'abc' }, /signature/],
  ])('takes no release with %s', async (_what, wrong, complaint) => {
    const answer = await api.as(ops)('PUT /v1/edge/releases/dc-lon-01', { body: { ...release, ...wrong } });
    expect(answer.status).toBe(400);
    expect(answer.text).toMatch(complaint);
  });

  it('takes no release for a datacenter that we do not have', async () => {
    expect((await api.as(ops)('PUT /v1/edge/releases/dc-none-01', { body: release })).status).toBe(404);
  });
});

describe('a token', () => {
  it('cannot carry the role of an agent', () => {
    expect(
      new Caller({ iss: 'https://issuer.example', sub: 'x', roles: ['edge', 'ops'], datacenters: ['dc-nyc-01'] }),
    ).toMatchObject({ roles: ['ops'], agentId: undefined });
  });
});
