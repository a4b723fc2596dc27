import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib';
import { afterEach, describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { createHttp, type Authentication, type Http } from '../../../../../shared/kernel/http-client/client.ts';

let server: Server | undefined;
afterEach(() => {
  server?.closeAllConnections();
  server?.close();
});

/** A client for a system that answers so. */
async function against(
  answer: (request: IncomingMessage, response: ServerResponse) => void,
  authentication?: Authentication,
): Promise<Http> {
  server = createServer(answer).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const port = typeof address === 'object' && address ? address.port : 0;
  return createHttp({
    system: 'other',
    baseUrl: `http://127.0.0.1:${port}`,
    retries: 1,
    ...(authentication && { authentication }),
  });
}
const Said = z.object({ said: z.string() });
const get = (http: Http, path = '/') => http.send({ method: 'GET', path, answers: { 200: Said, 403: z.unknown() } });
const json = (response: ServerResponse, body: string | Buffer, headers: Record<string, string> = {}) =>
  void response.writeHead(200, { 'content-type': 'application/json', ...headers }).end(body);

describe('an answer', () => {
  it.each([
    ['gzip', gzipSync],
    ['deflate', deflateSync],
    ['br', brotliCompressSync],
  ] as const)('is read when it comes as %s, asked for or not', async (encoding, compress) => {
    const asked: (string | undefined)[] = [];
    const http = await against((request, response) => {
      asked.push(request.headers['accept-encoding'] as string | undefined);
      json(response, compress('{"said":"packed"}'), { 'content-encoding': encoding });
    });
    expect((await get(http)).body).toEqual({ said: 'packed' });
    expect(asked).toEqual([undefined]);
  });

  it('is followed once to where it has moved, within the system', async () => {
    const http = await against((request, response) =>
      request.url === '/there/'
        ? json(response, '{"said":"here"}')
        : void response.writeHead(308, { location: '/there/' }).end(),
    );
    expect((await get(http, '/there')).body).toEqual({ said: 'here' });
  });

  it('is not followed in circles, nor to another system', async () => {
    const circle = await against((_request, response) => void response.writeHead(307, { location: '/' }).end());
    await expect(get(circle)).rejects.toMatchObject({ failure: 'invalid', status: 307 });
    server?.close();
    const away = await against(
      (_request, response) => void response.writeHead(302, { location: 'http://127.0.0.2:1/' }).end(),
    );
    await expect(get(away)).rejects.toMatchObject({
      failure: 'unexpectedAnswer',
      publicMessage: expect.stringContaining('leads away'),
    });
  });

  it('that refuses may claim to be JSON and be a page', async () => {
    const http = await against(
      (_request, response) =>
        void response.writeHead(403, { 'content-type': 'application/json' }).end('<html>no</html>'),
    );
    expect(await get(http)).toMatchObject({ status: 403, body: '<html>no</html>' });
  });

  it('is given up when it does not end', async () => {
    const http = await against((_request, response) => {
      const chunk = Buffer.alloc(1024 * 1024, 'x');
      response.writeHead(200, { 'content-type': 'application/json' });
      const more = (): void => void (response.destroyed || response.write(chunk, more));
      more();
    });
    await expect(http.send({ method: 'POST', path: '/', answers: { 200: z.unknown() } })).rejects.toMatchObject({
      failure: 'unknownOutcome',
      cause: expect.objectContaining({ message: expect.stringContaining('longer than') }),
    });
  });
});

describe('a connection', () => {
  /** Answers the first request on each connection, and breaks it at the second. */
  const breakingUsedOnes = () => {
    const used = new WeakSet<object>();
    return (request: IncomingMessage, response: ServerResponse) => {
      if (used.has(request.socket)) return void request.socket.destroy();
      used.add(request.socket);
      json(response, '{"said":"yes"}');
    };
  };

  it('that was used before is not taken for what must not be sent in vain', async () => {
    const http = await against(breakingUsedOnes());
    await get(http);
    const { status } = await http.send({ method: 'POST', path: '/', answers: { 200: Said }, isOnNewConnection: true });
    expect(status).toBe(200);
    await expect(http.send({ method: 'POST', path: '/', answers: { 200: Said } })).rejects.toMatchObject({
      failure: 'unknownOutcome',
    });
  });

  it('that breaks costs what may be asked again one attempt, not two', async () => {
    const http = await against(breakingUsedOnes());
    const answers = await Promise.all([get(http), get(http), get(http)]);
    expect([...answers, ...(await Promise.all([get(http), get(http)]))].map(({ status }) => status)).toEqual([
      200, 200, 200, 200, 200,
    ]);
  });
});

describe('a stream', () => {
  const listen = (http: Http, signal = new AbortController().signal, silenceMilliseconds = 5000) =>
    http.stream({ path: '/events', signal, silenceMilliseconds });
  const heard = async (stream: AsyncIterable<string>) => {
    let text = '';
    for await (const chunk of stream) text += chunk;
    return text;
  };

  it('is handed over as it comes, characters whole', async () => {
    const http = await against((_request, response) => {
      const bytes = Buffer.from('data: München\n\n');
      response.writeHead(200);
      response.write(bytes.subarray(0, 8), () => void setImmediate(() => response.end(bytes.subarray(8))));
    });
    expect(await heard(await listen(http))).toBe('data: München\n\n');
  });

  it('is opened with a renewed login when the old one is refused', async () => {
    let token = 'old';
    const http = await against(
      (request, response) =>
        void response.writeHead(request.headers['x-auth-token'] === 'new' ? 200 : 401).end('hello'),
      {
        headers: async () => ({ 'x-auth-token': token }),
        renew: async () => void (token = 'new'),
      },
    );
    expect(await heard(await listen(http))).toBe('hello');
  });

  it('that is not there, or breaks off, or falls silent, fails in the usual words', async () => {
    const missing = await against((_request, response) => void response.writeHead(404).end());
    await expect(listen(missing)).rejects.toMatchObject({ failure: 'notFound', status: 404 });
    server?.close();
    const breaking = await against(
      (request, response) => void response.writeHead(200).write('half', () => request.socket.destroy()),
    );
    await expect(heard(await listen(breaking))).rejects.toMatchObject({ failure: 'transient' });
    server?.close();
    const silent = await against((_request, response) => response.writeHead(200).flushHeaders());
    await expect(heard(await listen(silent, undefined, 50))).rejects.toMatchObject({ failure: 'transient' });
  });

  it('is not opened at another system, whatever the link is written like', async () => {
    const heard: (string | undefined)[] = [];
    const away = createServer((request, response) => {
      heard.push(request.url);
      response.writeHead(200).end('data');
    }).listen(0, '127.0.0.1');
    await once(away, 'listening');
    const { port } = away.address() as AddressInfo;
    const http = await against((_request, response) => void response.writeHead(200).end('ours'), {
      headers: async () => ({ 'x-auth-token': 'secret' }),
    });
    for (const path of [
      `http://127.0.0.1:${port}/x`,
      `//127.0.0.1:${port}/x`,
      `/\\127.0.0.1:${port}/x`,
      `http://me@127.0.0.1:${port}/x`,
    ]) {
      await expect(
        http.stream({ path, signal: new AbortController().signal, silenceMilliseconds: 5000 }),
      ).rejects.toMatchObject({ failure: 'unexpectedAnswer', publicMessage: expect.stringContaining('the link') });
    }
    expect(heard).toEqual([]);
    away.close();
  });

  it('ends when it is called off', async () => {
    const http = await against((_request, response) => response.writeHead(200).flushHeaders());
    const off = new AbortController();
    const stream = heard(await listen(http, off.signal));
    off.abort(new Error('enough'));
    await expect(stream).rejects.toMatchObject({ failure: 'transient' });
  });
});
