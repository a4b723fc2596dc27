import { createPublicKey } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo, Server } from 'node:net';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { makeKey } from '../../../../../shared/kernel/certificate-request.ts';
import { createHttp, type HttpOptions } from '../../../../../shared/kernel/http-client/client.ts';
import { containsIp } from '../../../../../shared/kernel/http-client/networks.ts';
import { certify, makeAuthority } from '../../../../simulators/kit/authority.ts';

let plain: Server;
let tls: Server;
/** How many connections came in. */
let connections = 0;
beforeAll(async () => {
  const now = Date.now();
  const key = makeKey();
  const { certificate } = await certify(await makeAuthority('CN=the authority', now), createPublicKey(key), {
    subject: 'CN=bmc',
    usages: ['server'],
    notBefore: new Date(now - 3_600_000),
    notAfter: new Date(now + 3_600_000),
  });
  plain = createServer((_request, response) => void response.end());
  tls = createTlsServer({ key, cert: certificate }, (_request, response) => void response.end());
  for (const server of [plain, tls]) {
    server.on('connection', () => (connections += 1)).listen(0, '127.0.0.1');
    await once(server, 'listening');
  }
});
beforeEach(() => {
  connections = 0;
});
afterAll(() => {
  plain.close();
  tls.close();
});

const at = (server: Server, host: string) =>
  `${server === tls ? 'https' : 'http'}://${host}:${(server.address() as AddressInfo).port}`;
const ask = (baseUrl: string, more: Partial<HttpOptions>) =>
  createHttp({ system: 'bmc', baseUrl, retries: 0, ...more }).send({
    method: 'GET',
    path: '/',
    answers: { 200: z.unknown() },
  });
const within =
  (...prefixes: string[]) =>
  (ip: string) =>
    containsIp(prefixes, ip);

describe.each([
  ['http', () => plain],
  ['https', () => tls],
] as const)('a client over %s whose connections have to stay in some networks', (_scheme, server) => {
  it.each(['127.0.0.1', 'localhost'])('reaches what lies in them, as %s', async (host) => {
    await expect(
      ask(at(server(), host), { tls: 'insecure', mayConnect: within('127.0.0.0/8', '::1/128') }),
    ).resolves.toMatchObject({ status: 200 });
  });

  it.each(['127.0.0.1', 'localhost'])('opens no connection to what does not, as %s', async (host) => {
    await expect(
      ask(at(server(), host), { tls: 'insecure', mayConnect: within('10.20.0.0/16') }),
    ).rejects.toMatchObject({
      failure: 'unexpectedAnswer',
      publicMessage: expect.stringMatching(new RegExp(`${host}.* lies outside the networks`)),
    });
    expect(connections).toBe(0);
  });
});

it('takes of the addresses of a name those that lie in its networks', async () => {
  const asked: string[] = [];
  const mayConnect = (ip: string) => asked.push(ip) > 0 && ip === '127.0.0.1';
  await expect(ask(at(plain, 'localhost'), { mayConnect })).resolves.toMatchObject({ status: 200 });
  expect(asked).toContain('127.0.0.1');
});

it('keeps to the networks with a certificate of its own as well', async () => {
  await expect(ask(at(tls, '127.0.0.1'), { tls: {}, mayConnect: within('10.20.0.0/16') })).rejects.toMatchObject({
    failure: 'unexpectedAnswer',
  });
  expect(connections).toBe(0);
});

it('opens no stream to what lies outside either', async () => {
  const http = createHttp({ system: 'bmc', baseUrl: at(plain, '127.0.0.1'), mayConnect: within() });
  await expect(
    http.stream({ path: '/', signal: new AbortController().signal, silenceMilliseconds: 1000 }),
  ).rejects.toMatchObject({ failure: 'unexpectedAnswer' });
  expect(connections).toBe(0);
});

it('opens no connection while nobody can say what lies in them', async () => {
  await expect(
    ask(at(plain, '127.0.0.1'), {
      mayConnect: async () => {
        throw new Error('the database is away');
      },
    }),
  ).rejects.toMatchObject({ failure: 'transient' });
  expect(connections).toBe(0);
});
