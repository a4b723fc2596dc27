import { request as httpRequest } from 'node:http';
import { connect } from 'node:net';
import { app, HttpResponse } from '@azure/functions';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { aHost, type TestHost } from './host-kit.ts';
import { until } from './triggers/kit.ts';

const state = { cancelled: 0, produced: 0, uploads: 0, began: 0 };
let sendEvent: (text: string) => void = () => {};
const megabyte = new Uint8Array(1_000_000);

function register(): void {
  app.setup({ enableHttpStream: true });
  app.http('upload', {
    methods: ['POST'],
    route: 'upload/{key}',
    handler: async (request) => {
      let size = 0;
      state.began++;
      for await (const chunk of request.body ?? []) size += chunk.length;
      state.uploads++;
      return {
        jsonBody: {
          size,
          key: request.params['key'],
          q: request.query.get('q'),
          header: request.headers.get('x-h'),
          url: request.url,
        },
      };
    },
  });
  app.http('ignore-body', { methods: ['POST'], handler: () => ({ body: 'ignored' }) });
  app.http('events', {
    methods: ['GET'],
    handler: () => ({
      headers: { 'content-type': 'text/event-stream' },
      body: new ReadableStream({
        start: (controller) => void (sendEvent = (text) => controller.enqueue(Buffer.from(text))),
        cancel: () => void state.cancelled++,
      }),
    }),
  });
  app.http('endless', {
    methods: ['GET'],
    handler: () =>
      new HttpResponse({
        body: new ReadableStream({
          pull: (controller) => {
            state.produced++;
            controller.enqueue(megabyte);
          },
          cancel: () => void state.cancelled++,
        }),
      }),
  });
  app.http('generated', {
    methods: ['GET'],
    handler: () => ({
      body: (async function* () {
        yield 'a';
        yield 'b';
      })() as never,
    }),
  });
  app.http('breaks', {
    methods: ['GET'],
    handler: () => ({
      body: (async function* () {
        yield 'half';
        throw new Error('the source broke');
      })() as never,
    }),
  });
  app.http('boom', {
    methods: ['GET'],
    handler: () => {
      throw new Error('boom');
    },
  });
  app.http('nothing', { methods: ['GET'], handler: () => undefined as never });
  app.http('cookies', {
    methods: ['GET'],
    handler: () => ({
      status: 201,
      jsonBody: { a: 1 },
      cookies: [
        { name: 'a', value: '1' },
        { name: 'b', value: '2' },
      ],
    }),
  });
  app.http('bad-status', { methods: ['GET'], handler: () => ({ status: 99 }) });
}

let host: TestHost;
const get = (path: string, init?: RequestInit) => fetch(`${host.origin}/api/${path}`, init);
beforeAll(async () => {
  host = await aHost(register, { env: { FUNCTIONS_REQUEST_BODY_SIZE_LIMIT: '5000000' } });
});
afterAll(() => host.stop());

it('streams a large upload to the function', async () => {
  const response = await get('upload/kk?q=1', {
    method: 'POST',
    body: new Uint8Array(3_000_000),
    headers: { 'x-h': 'y' },
  });
  expect(await response.json()).toEqual({
    size: 3_000_000,
    key: 'kk',
    q: '1',
    header: 'y',
    url: `${host.origin}/api/upload/kk?q=1`,
  });
});

it('refuses a body above the limit, declared or not', async () => {
  expect((await get('upload/k', { method: 'POST', body: new Uint8Array(5_000_001) })).status).toBe(413);
  const uploads = state.uploads;
  const chunked = new ReadableStream({
    start: (controller) => {
      for (let i = 0; i < 6; i++) controller.enqueue(megabyte);
      controller.close();
    },
  });
  const response = await get('upload/k', { method: 'POST', body: chunked, duplex: 'half' } as RequestInit);
  expect([response.status, state.uploads]).toEqual([413, uploads]);
});

it('goes on with the connection after a body nobody read', async () => {
  for (let i = 0; i < 3; i++)
    expect(await (await get('ignore-body', { method: 'POST', body: new Uint8Array(2_000_000) })).text()).toBe(
      'ignored',
    );
});

it.each([
  ['a function does not read', 'ignore-body', 200],
  ['is sent to no function', 'nowhere', 404],
])(
  'reads on no further than a few megabytes of an endless body that %s, once it has answered',
  async (_what, path, status) => {
    const { port } = new URL(host.origin);
    const socket = connect(Number(port), '127.0.0.1');
    const chunk = Buffer.concat([Buffer.from('10000\r\n'), Buffer.alloc(0x10000), Buffer.from('\r\n')]);
    const send = () => void (socket.writable && socket.write(chunk, send));
    socket.on('error', () => {}); // it is cut off while it sends
    let answered = '';
    socket.on('data', (data) => (answered += data.toString()));
    socket.write(`POST /api/${path} HTTP/1.1\r\nhost: 127.0.0.1\r\ntransfer-encoding: chunked\r\n\r\n`, send);
    await new Promise((resolve) => socket.once('close', resolve));
    expect(answered).toMatch(new RegExp(`^HTTP/1.1 ${status} `));
    expect(socket.bytesWritten).toBeLessThan(20_000_000); // what the system has buffered on the way comes on top
  },
);

it('does not call it an error of a function that a client breaks off its upload', async () => {
  const { port } = new URL(host.origin);
  const socket = connect(Number(port), '127.0.0.1');
  const started = state.began;
  socket.write('POST /api/upload/k HTTP/1.1\r\nhost: 127.0.0.1\r\ncontent-length: 1000\r\n\r\nbeginning');
  await until(() => state.began === started + 1);
  socket.destroy();
  await until(() => host.log.lines.some(({ message }) => message === 'a client broke off its request'));
  expect(host.log.lines.filter(({ level, message }) => level === 'error' && message === 'a function failed')).toEqual(
    [],
  );
});

it('sends events as they come and stops when the client goes away', async () => {
  const away = new AbortController();
  const response = await get('events', { signal: away.signal });
  expect(response.headers.get('content-type')).toBe('text/event-stream');
  const reader = response.body?.getReader();
  sendEvent('data: 1\n\n');
  expect(Buffer.from((await reader?.read())?.value ?? []).toString()).toBe('data: 1\n\n');
  const before = state.cancelled;
  away.abort();
  await until(() => state.cancelled === before + 1);
});

it('asks a source for no more than its reader takes', async () => {
  const before = state.cancelled;
  const request = httpRequest(`${host.origin}/api/endless`);
  request.on('error', () => {}); // we hang up below
  const arrived = new Promise<void>((resolve) =>
    request.on('response', (response) => {
      response.pause();
      response.once('readable', () => resolve());
    }),
  );
  request.end();
  await arrived;
  let last = -1;
  await until(async () => {
    // no more is produced once the buffers between us are full
    const now = state.produced;
    const isFull = now === last;
    last = now;
    for (let i = 0; i < 200; i++) await new Promise((resolve) => setImmediate(resolve));
    return isFull;
  });
  expect(state.produced).toBeLessThan(50);
  request.destroy();
  await until(() => state.cancelled === before + 1);
});

it.each([
  ['generated', 200, 'ab'],
  ['boom', 500, ''],
  ['nothing', 204, ''],
  ['bad-status', 500, ''],
  ['cookies', 201, '{"a":1}'],
])('answers %s with %i', async (path, status, body) => {
  const response = await get(path);
  expect([response.status, await response.text()]).toEqual([status, body]);
});

it('sends several cookies', async () => {
  expect((await get('cookies')).headers.getSetCookie()).toEqual(['a=1', 'b=2']);
});

it('breaks the connection when the answer breaks half-way, so that it is not taken for a whole one', async () => {
  await expect(get('breaks').then((response) => response.text())).rejects.toThrow();
});

it('says in the log why a function failed', () => {
  expect(host.log.lines).toContainEqual({
    level: 'error',
    message: 'a function failed',
    fields: { err: new Error('boom'), functionName: 'boom', isClientGone: false },
  });
});

it('closes the port through which the library would take requests from anyone', async () => {
  const log = host.log.lines.find(({ message }) => message.includes('Auto-assigned port is valid'));
  const port = /Port: (\d+)/.exec(log?.message ?? '')?.[1];
  expect(port).toBeDefined();
  await expect(fetch(`http://127.0.0.1:${port}/`)).rejects.toThrow();
});

it('ends event streams at once when it stops', async () => {
  const response = await get('events');
  const before = state.cancelled;
  const reading = response.text();
  await Promise.all([host.stop(), expect(reading).rejects.toThrow()]);
  await until(() => state.cancelled === before + 1);
});
