import { createPublicKey } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type Server } from 'node:https';
import type { TLSSocket } from 'node:tls';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { makeKey } from '../../../../../shared/kernel/certificate-request.ts';
import { createHttp, type Http } from '../../../../../shared/kernel/http-client/client.ts';
import type { Tls, TlsChoice } from '../../../../../shared/kernel/http-client/connections.ts';
import { until } from '../../../../kit/until.ts';
import { certify, makeAuthority, type Authority, type CertificateWish } from '../../../../simulators/kit/authority.ts';

const now = Date.now();
const lasting = { notBefore: new Date(now - 3_600_000), notAfter: new Date(now + 3_600_000) };
let authority: Authority;
let server: Server;
let url: string;
const open: Http[] = [];
const sockets = new Map<string, Set<TLSSocket>>();
/** Calls of `/slow` wait here. */
const letGo: (() => void)[] = [];

const certificateFor = async (wish: Partial<CertificateWish>): Promise<Required<Pick<Tls, 'cert' | 'key'>>> => {
  const key = makeKey();
  return { key, cert: (await certify(authority, createPublicKey(key), { ...lasting, ...wish })).certificate };
};
const client = async (name: string): Promise<Tls> => ({
  ca: authority.certificate,
  ...(await certificateFor({ subject: `CN=${name}`, usages: ['client'] })),
});

beforeAll(async () => {
  authority = await makeAuthority('CN=the authority', now);
  const own = await certificateFor({
    subject: 'CN=server',
    usages: ['server'],
    names: [{ type: 'ip', value: '127.0.0.1' }],
  });
  server = createServer(
    { ...own, ca: authority.certificate, requestCert: true, rejectUnauthorized: false },
    (request, response) => {
      const socket = request.socket as TLSSocket;
      const name = socket.authorized ? (socket.getPeerX509Certificate()?.subject ?? '') : 'nobody';
      sockets.set(name, (sockets.get(name) ?? new Set()).add(socket));
      const answer = () =>
        response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify({ name }));
      if (request.url === '/slow') letGo.push(answer);
      else answer();
    },
  );
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  url = `https://127.0.0.1:${typeof address === 'object' ? address?.port : 0}`;
});
afterAll(async () => {
  for (const http of open) await http.close();
  server.closeAllConnections();
  server.close();
  await once(server, 'close');
});

const aClient = (tls?: TlsChoice): Http => {
  const http = createHttp({ system: 'peer', baseUrl: url, retries: 0, ...(tls !== undefined && { tls }) });
  open.push(http);
  return http;
};
const ask = async (http: Http, path = '/'): Promise<string> =>
  (await http.send({ method: 'GET', path, answers: { 200: z.object({ name: z.string() }) } })).body.name;
const openFor = (name: string) => [...(sockets.get(name) ?? [])].filter((socket) => !socket.destroyed).length;

describe('a client over TLS', () => {
  it('shows the certificate it was given', async () => {
    expect(await ask(aClient(await client('one')))).toBe('CN=one');
  });

  it('is nobody without one', async () => {
    expect(await ask(aClient({ ca: authority.certificate }))).toBe('nobody');
  });

  it('does not talk to a server that no authority of its own vouches for', async () => {
    await expect(ask(aClient({}))).rejects.toMatchObject({ failure: 'transient' });
    await expect(
      ask(aClient({ ca: (await makeAuthority('CN=the authority', now)).certificate })),
    ).rejects.toMatchObject({ failure: 'transient' });
  });

  it('uses a renewed certificate for the next call, and lets those under way finish', async () => {
    const [old, renewed] = [await client('old'), await client('renewed')];
    let current = old;
    const http = aClient(() => current);
    const slow = [ask(http, '/slow'), ask(http, '/slow')];
    await until('the slow calls to be under way', () => letGo.length === 2);
    current = renewed;
    expect(await ask(http)).toBe('CN=renewed');
    expect(openFor('CN=old')).toBe(2);
    letGo.splice(0).forEach((answer) => answer());
    expect(await Promise.all(slow)).toEqual(['CN=old', 'CN=old']);
    await until('the old connections to be closed', () => openFor('CN=old') === 0);
    expect(await ask(http)).toBe('CN=renewed');
    expect(sockets.get('CN=renewed')?.size).toBe(1);
  });

  it('gives its connections back', async () => {
    const http = aClient(await client('leaving'));
    await ask(http);
    await http.close();
    await until('its connection to be closed', () => openFor('CN=leaving') === 0);
  });
});
