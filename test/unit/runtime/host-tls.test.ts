import { createPublicKey, X509Certificate } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { request } from 'node:https';
import os from 'node:os';
import path from 'node:path';
import { connect, type TLSSocket } from 'node:tls';
import { app } from '@azure/functions';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { StartError } from '../../../runtime/core/settings.ts';
import { makeKey } from '../../../shared/kernel/certificate-request.ts';
import { certify, makeAuthority, type Authority, type CertificateWish } from '../../simulators/kit/authority.ts';
import { aHost, type TestHost } from './host-kit.ts';
import { until } from './triggers/kit.ts';

const hour = 3_600_000;
const now = Date.now();
const lasting = { notBefore: new Date(now - hour), notAfter: new Date(now + hour) };
const folder = mkdtempSync(path.join(os.tmpdir(), 'rackline-tls-'));
const file = (name: string) => path.join(folder, name);
let authority: Authority;
let host: TestHost;

interface Identity {
  cert: string;
  key: string;
}
async function anIdentity(wish: Partial<CertificateWish> = {}, by = authority): Promise<Identity> {
  const key = makeKey();
  return {
    key,
    cert: (
      await certify(by, createPublicKey(key), {
        ...lasting,
        usages: ['client'],
        names: [{ type: 'url', value: 'urn:test:client' }],
        ...wish,
      })
    ).certificate,
  };
}
const aServer = (subject = 'CN=server') =>
  anIdentity({ subject, usages: ['server'], names: [{ type: 'ip', value: '127.0.0.1' }] });
const put = ({ cert, key }: Identity) => {
  writeFileSync(file('cert.pem'), cert);
  writeFileSync(file('key.pem'), key);
};

interface Seen {
  headers: Record<string, string>;
  url: string;
}
/** What the function is told of a caller who comes over TLS. */
function overTls(identity: Partial<Identity> = {}, headers: Record<string, string> = {}): Promise<Seen> {
  return new Promise((resolve, reject) => {
    const call = request(
      `${host.tlsOrigin}/api/headers`,
      { ...identity, ca: authority.certificate, headers, agent: false },
      (response) => {
        const chunks: Buffer[] = [];
        response
          .on('data', (chunk: Buffer) => chunks.push(chunk))
          .on('end', () => resolve(JSON.parse(Buffer.concat(chunks).toString()) as Seen));
      },
    );
    call.on('error', reject).end();
  });
}
const plain = async (headers: Record<string, string>): Promise<Seen> =>
  (await (await fetch(`${host.origin}/api/headers`, { headers })).json()) as Seen;
const derOf = ({ cert }: Identity) => new X509Certificate(cert).raw.toString('base64');

describe('a host with a TLS listener', () => {
  beforeAll(async () => {
    authority = await makeAuthority('CN=the authority', now);
    put(await aServer());
    writeFileSync(file('ca.pem'), authority.certificate);
    host = await aHost(
      () => {
        app.setup({ enableHttpStream: true }); // as the platform does
        app.http('headers', {
          methods: ['GET'],
          handler: ({ headers, url }) => ({ jsonBody: { headers: Object.fromEntries(headers), url } }),
        });
      },
      { env: { TLS_PORT: '0', TLS_CERT: file('cert.pem'), TLS_KEY: file('key.pem'), TLS_CLIENT_CA: file('ca.pem') } },
    );
  });
  afterAll(() => host.stop());

  it('hands the function the certificate that the authority vouches for', async () => {
    const identity = await anIdentity();
    const { headers, url } = await overTls(identity);
    expect(headers['x-arr-clientcert']).toBe(derOf(identity));
    expect(url).toBe(`${host.tlsOrigin}/api/headers`);
  });

  const unknownCallers: [string, () => Promise<Partial<Identity>>][] = [
    ['without a certificate', async () => ({})],
    [
      'whose certificate is over',
      () => anIdentity({ notBefore: new Date(now - 2 * hour), notAfter: new Date(now - hour) }),
    ],
    ['whose certificate is not yet good', () => anIdentity({ notBefore: new Date(now + hour / 2) })],
    [
      'whose certificate is from another authority',
      async () => anIdentity({}, await makeAuthority('CN=elsewhere', now)),
    ],
    [
      'whose certificate is from an authority of the same name',
      async () => anIdentity({}, await makeAuthority('CN=the authority', now)),
    ],
    [
      'who signed it himself',
      async () => {
        const own = await makeAuthority('CN=me', now);
        return { cert: own.certificate, key: own.key };
      },
    ],
    ['whose certificate is a server’s', () => anIdentity({ usages: ['server'] })],
  ];
  it.each(unknownCallers)('serves a caller %s as a stranger', async (_who, make) => {
    const { headers } = await overTls(await make());
    expect(headers['x-arr-clientcert']).toBeUndefined();
  });

  const claims = [
    'x-arr-clientcert',
    'X-ARR-ClientCert',
    'x_arr_clientcert',
    'X-Arr_ClientCert',
    'x-ms-client-principal',
    'X_MS_CLIENT_PRINCIPAL_ID',
  ];
  it.each(claims)('drops a %s that the caller wrote, on both listeners', async (name) => {
    const forged = derOf(await anIdentity());
    for (const { headers } of [await plain({ [name]: forged }), await overTls({}, { [name]: forged })])
      expect(JSON.stringify(headers)).not.toContain(forged);
  });

  it('does not let a caller with a certificate claim to have another', async () => {
    const [own, other] = [await anIdentity(), await anIdentity()];
    const { headers } = await overTls(own, { 'x-arr-clientcert': derOf(other) });
    expect(headers['x-arr-clientcert']).toBe(derOf(own));
  });

  it('says the caller’s address last, after what was passed on', async () => {
    expect((await plain({})).headers['x-forwarded-for']).toBe('127.0.0.1');
    expect((await overTls({}, { 'x-forwarded-for': '203.0.113.9' })).headers['x-forwarded-for']).toBe(
      '203.0.113.9, 127.0.0.1',
    );
  });

  it('knows a caller again who resumes a session', async () => {
    const identity = await anIdentity();
    const first = await handshake(identity);
    const second = await handshake(identity, first.session);
    expect(second.isReused).toBe(true);
    expect(second.answer).toContain(derOf(identity));
  });

  it('takes up a certificate that was replaced on disk, keeps what is in use meanwhile, and drops nobody', async () => {
    const kept = await openConnection({});
    writeFileSync(file('cert.pem'), (await aServer('CN=half')).cert); // the key comes later
    await until(() => host.log.lines.some(({ message }) => message.includes('the one before stays in use')));
    expect((await overTls()).url).toContain('/api/headers');
    put(await aServer('CN=renewed'));
    await until(async () => (await handshake({})).subject === 'CN=renewed');
    expect(await askOn(kept)).toContain('200 OK');
    kept.destroy();
  });

  it('takes up authorities that were replaced on disk', async () => {
    const next = await makeAuthority('CN=the next authority', now);
    const identity = await anIdentity({}, next);
    expect((await overTls(identity)).headers['x-arr-clientcert']).toBeUndefined();
    writeFileSync(file('ca.pem'), authority.certificate + next.certificate);
    await until(async () => (await overTls(identity)).headers['x-arr-clientcert'] === derOf(identity));
  });
});

it('does not start with a certificate that cannot be used', async () => {
  writeFileSync(file('cert.pem'), 'none');
  const start = aHost(() => {}, { env: { TLS_PORT: '0', TLS_CERT: file('cert.pem'), TLS_KEY: file('key.pem') } });
  await expect(start).rejects.toThrow(StartError);
  await expect(start).rejects.toThrow(/TLS_CERT, TLS_KEY/);
});

afterAll(() => rmSync(folder, { recursive: true }));

function openConnection(identity: Partial<Identity>, session?: Buffer): Promise<TLSSocket> {
  return new Promise((resolve, reject) => {
    const socket = connect(
      {
        host: '127.0.0.1',
        port: Number(new URL(host.tlsOrigin ?? '').port),
        ca: authority.certificate,
        ...identity,
        ...(session && { session }),
      },
      () => resolve(socket),
    );
    socket.once('error', reject);
  });
}
const askOn = (socket: TLSSocket): Promise<string> =>
  new Promise((resolve) => {
    socket.once('data', (data: Buffer) => resolve(data.toString()));
    socket.write('GET /api/headers HTTP/1.1\r\nhost: here\r\n\r\n');
  });
async function handshake(
  identity: Partial<Identity>,
  session?: Buffer,
): Promise<{ session: Buffer | undefined; isReused: boolean; answer: string; subject: string }> {
  const socket = await openConnection(identity, session);
  let ticket: Buffer | undefined;
  socket.once('session', (given: Buffer) => (ticket = given));
  const answer = await askOn(socket);
  const found = {
    session: ticket,
    isReused: socket.isSessionReused(),
    answer,
    subject: socket.getPeerX509Certificate()?.subject ?? '',
  };
  socket.destroy();
  return found;
}
