import { app, output, type Timer } from '@azure/functions';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import * as df from 'durable-functions';
import { aHost, type TestHost } from './host-kit.ts';
import { settle, until } from './triggers/kit.ts';

const seen: { kind: string; value: unknown; metadata?: Record<string, unknown> | undefined }[] = [];
const saw = (kind: string) => seen.filter((each) => each.kind === kind);
const outQueue = output.storageQueue({ queueName: 'out', connection: 'AzureWebJobsStorage' });

function register(): void {
  app.http('hello', {
    methods: ['GET', 'POST'],
    route: 'hello/{name:alpha}/{age:int?}',
    handler: async (request, context) => {
      context.log('hello called', request.params['name']);
      return {
        status: 201,
        jsonBody: {
          ...request.params,
          url: request.url,
          query: [...request.query],
          body: request.method === 'POST' ? await request.text() : null,
          metadata: context.triggerMetadata,
        },
        headers: { 'x-a': 'b' },
        cookies: [
          { name: 'c', value: 'v 1', httpOnly: true, maxAge: 5, sameSite: 'Lax' },
          { name: 'd', value: '2', secure: true, path: '/', sameSite: 'None' },
        ],
      };
    },
  });
  app.http('bytes', {
    methods: ['POST'],
    handler: async (request) => ({
      body: Buffer.from(await request.arrayBuffer()).reverse(),
      headers: { 'content-type': 'application/octet-stream' },
    }),
  });
  app.http('keyed', { methods: ['GET'], authLevel: 'function', handler: () => ({ body: 'ok' }) });
  app.http('admin-only', { methods: ['GET'], authLevel: 'admin', handler: () => ({ body: 'ok' }) });
  app.http('nothing', { methods: ['GET'], handler: () => undefined as never });
  app.http('boom', {
    methods: ['GET'],
    handler: () => {
      throw new Error('boom');
    },
  });
  app.http('not-an-answer', { methods: ['GET'], handler: () => 'text' as never });
  app.http('switched-off', { methods: ['GET'], handler: () => ({ body: 'ok' }) });
  app.http('who', { methods: ['GET'], handler: (request) => ({ jsonBody: { user: request.user } }) });
  app.http('headers', { methods: ['GET'], handler: ({ headers }) => ({ jsonBody: Object.fromEntries(headers) }) });
  app.http('trace', { methods: ['GET'], handler: (_request, context) => ({ jsonBody: context.traceContext }) });
  app.http('enqueue', {
    methods: ['POST'],
    extraOutputs: [outQueue],
    handler: (_request, context) => {
      context.extraOutputs.set(outQueue, { from: 'http' });
      return { status: 202 };
    },
  });
  app.timer('tick', {
    schedule: '%TICK%',
    handler: (timer: Timer, context) =>
      void seen.push({ kind: 'timer', value: timer, metadata: context.triggerMetadata }),
  });
  app.storageQueue('onQueue', {
    queueName: 'in',
    connection: 'AzureWebJobsStorage',
    extraOutputs: [outQueue],
    handler: (message, context) => {
      seen.push({ kind: 'queue', value: message, metadata: context.triggerMetadata });
      if (typeof message === 'object' && message !== null && 'fail' in message) throw new Error('poison');
      context.extraOutputs.set(outQueue, [{ echoed: message }, 'two']);
    },
  });
  app.storageQueue('onStart', {
    queueName: 'starts',
    connection: 'AzureWebJobsStorage',
    extraInputs: [df.input.durableClient()],
    return: output.storageQueue({ queueName: 'ids', connection: 'AzureWebJobsStorage' }),
    handler: async (message, context) =>
      df.getClient(context).startNew('greet', { instanceId: 'from-queue', input: message }),
  });
  app.generic('onEvent', {
    trigger: {
      type: 'kafkaTrigger',
      name: 'event',
      topic: 'orders',
      brokerList: '%KAFKA_BROKERS%',
      consumerGroup: 'one',
      protocol: 'plaintext',
      dataType: 'string',
    },
    handler: (event, context) => void seen.push({ kind: 'event', value: event, metadata: context.triggerMetadata }),
  });
  app.generic('onEvents', {
    trigger: {
      type: 'kafkaTrigger',
      name: 'events',
      topic: 'orders',
      brokerList: '%KAFKA_BROKERS%',
      consumerGroup: 'many',
      cardinality: 'MANY',
      dataType: 'string',
    },
    handler: (events, context) => void seen.push({ kind: 'events', value: events, metadata: context.triggerMetadata }),
  });
  app.hook.postInvocation(
    ({ invocationContext }) => void seen.push({ kind: 'post', value: invocationContext.functionName }),
  );
  df.app.activity('upper', { handler: (text: string) => text.toUpperCase() });
  df.app.orchestration('greet', function* (context) {
    return yield context.df.callActivity('upper', context.df.getInput());
  });
  df.app.client.http('start', {
    route: 'start/{name}',
    methods: ['POST'],
    handler: async (request, client) =>
      client.createCheckStatusResponse(
        request,
        await client.startNew(request.params['name'] ?? '', { instanceId: 'from-http', input: await request.json() }),
      ),
  });
}

let host: TestHost;
const get = (path: string, init?: RequestInit) => fetch(`${host.origin}/api/${path}`, init);
beforeAll(async () => {
  host = await aHost(register, {
    env: {
      TICK: '0 */5 * * * *',
      'AzureWebJobs.switched-off.Disabled': 'true',
      FUNCTIONS_REQUEST_BODY_SIZE_LIMIT: '100000',
    },
    hostJson: { version: '2.0', extensions: { queues: { messageEncoding: 'none' } } },
  });
});
afterAll(() => host.stop());

describe('http', () => {
  it('hands a request over and sends the answer back', async () => {
    const response = await get('hello/bob/7?q=x%20y&q=z', { method: 'POST', body: 'payload' });
    expect(response.status).toBe(201);
    expect(await response.json()).toEqual({
      name: 'bob',
      age: '7',
      url: `${host.origin}/api/hello/bob/7?q=x%20y&q=z`,
      query: [['q', 'x y,z']],
      body: 'payload',
    });
    expect(response.headers.get('x-a')).toBe('b');
    expect(response.headers.getSetCookie()).toEqual([
      'c=v%201; max-age=5; httponly; samesite=lax',
      'd=2; path=/; secure; samesite=none',
    ]);
  });
  it('hands over raw bytes and sends raw bytes', async () => {
    const sent = Uint8Array.from({ length: 256 }, (_, i) => i);
    const response = await get('bytes', { method: 'POST', body: sent });
    expect(new Uint8Array(await response.arrayBuffer())).toEqual(sent.toReversed());
    expect(response.headers.get('content-length')).toBe('256');
  });
  it.each([
    ['HELLO/bob', 'GET', 201],
    ['hello/bob1', 'GET', 404],
    ['hello/bob', 'DELETE', 404],
    ['hello/./bob', 'GET', 201],
    ['nothing', 'GET', 204],
    ['boom', 'GET', 500],
    ['not-an-answer', 'GET', 500],
    ['switched-off', 'GET', 404],
    ['else', 'GET', 404],
  ])('answers %s %s with %i', async (path, method, status) => {
    const response = await get(path, { method });
    expect(response.status).toBe(status);
    if (status !== 201) expect(await response.text()).toBe('');
  });
  it('says in the log why a function failed, not in the answer', () => {
    expect(host.log.lines).toContainEqual({
      level: 'error',
      message: 'a function failed',
      fields: { err: new Error('boom'), functionName: 'boom' },
    });
  });
  it('refuses a body above the limit, declared or not', async () => {
    expect((await get('bytes', { method: 'POST', body: new Uint8Array(100_001) })).status).toBe(413);
    const chunked = new ReadableStream({
      start: (controller) => {
        for (let i = 0; i < 11; i++) controller.enqueue(new Uint8Array(10_000));
        controller.close();
      },
    });
    expect((await get('bytes', { method: 'POST', body: chunked, duplex: 'half' } as RequestInit)).status).toBe(413);
  });
  it('asks for a key where the function does', async () => {
    const withHeader = (key: string) => ({ headers: { 'x-functions-key': key } });
    const statuses = await Promise.all([
      get('keyed'),
      get('keyed', withHeader(host.keys.host)),
      get(`keyed?code=${host.keys.ofFunction('keyed')}`),
      get('keyed?code=wrong'),
      get('admin-only', withHeader(host.keys.host)),
      get('admin-only', withHeader(host.keys.master)),
    ]);
    expect(statuses.map(({ status }) => status)).toEqual([401, 200, 200, 401, 401, 200]);
  });
  it('carries the caller’s trace on, or begins one', async () => {
    const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';
    expect(await (await get('trace', { headers: { traceparent } })).json()).toMatchObject({ traceParent: traceparent });
    expect(await (await get('trace')).json()).toMatchObject({
      traceParent: expect.stringMatching(/^00-[0-9a-f]{32}-[0-9a-f]{16}-01$/),
    });
  });
  it('believes no caller who says who they are in the words of a gateway', async () => {
    const principal = Buffer.from(
      JSON.stringify({ identityProvider: 'aad', userId: '1', userDetails: 'admin', userRoles: ['admin'] }),
    ).toString('base64');
    expect(
      await (
        await get('who', { headers: { 'x-ms-client-principal': principal, 'x-ms-client-principal-id': '1' } })
      ).json(),
    ).toEqual({ user: null });
    expect(
      await (await get('headers', { headers: { 'x-arr-clientcert': 'forged', X_ARR_ClientCert: 'forged' } })).text(),
    ).not.toContain('forged');
  });
  it('runs the app’s hooks also for functions that failed', () => {
    expect(saw('post').map(({ value }) => value)).toEqual(expect.arrayContaining(['hello', 'boom']));
  });
  it('sends what a function puts into its outputs', async () => {
    expect((await get('enqueue', { method: 'POST' })).status).toBe(202);
    expect((await host.stores.queues.receive('out', 1)).messages).toMatchObject([{ body: '{"from":"http"}' }]);
  });
});

describe('timer', () => {
  it('is called with its schedule', async () => {
    await host.time.to('2026-01-05T12:05:00Z');
    expect(saw('timer')).toEqual([
      {
        kind: 'timer',
        metadata: undefined,
        value: {
          schedule: { adjustForDST: true },
          isPastDue: false,
          scheduleStatus: {
            last: '0001-01-01T00:00:00+00:00',
            next: '2026-01-05T12:05:00+00:00',
            lastUpdated: '2026-01-05T12:00:00+00:00',
          },
        },
      },
    ]);
  });
});

describe('queue', () => {
  it('hands messages over as values, with metadata, and sends outputs', async () => {
    await host.queues.send('in', [JSON.stringify({ a: 1, s: 'q' }), 'plain text']);
    await until(() => saw('queue').length === 2);
    await settle();
    expect(saw('queue').map(({ value }) => value)).toEqual([{ a: 1, s: 'q' }, 'plain text']);
    expect(Object.keys(saw('queue')[0]?.metadata ?? {}).sort()).toEqual([
      'a',
      'dequeueCount',
      'expirationTime',
      'id',
      'insertionTime',
      'nextVisibleTime',
      'popReceipt',
      'queueTrigger',
      's',
    ]);
    expect((await host.stores.queues.receive('out', 10)).messages.map(({ body }) => body)).toEqual([
      '{"echoed":{"a":1,"s":"q"}}',
      'two',
      '{"echoed":"plain text"}',
      'two',
    ]);
  });
  it('tries a failing message five times, then sets it aside', async () => {
    await host.queues.send('in', ['{"fail":true}']);
    await settle();
    expect(
      saw('queue')
        .slice(2)
        .map(({ metadata }) => metadata?.['dequeueCount']),
    ).toEqual([1, 2, 3, 4, 5]);
    expect((await host.stores.queues.receive('in-poison', 1)).messages).toMatchObject([{ body: '{"fail":true}' }]);
  });
});

describe('event', () => {
  it('hands over single records and batches, each group its own', async () => {
    await host.bus.publish([
      { topic: 'orders', key: 'k1', value: '{"x":1}', headers: [['h', 'v']] },
      { topic: 'orders', key: 'k1', value: 'text' },
    ]);
    await until(() => saw('event').length === 2 && saw('events').length === 1);
    expect(saw('event')[0]).toMatchObject({
      value: {
        Topic: 'orders',
        Offset: 0,
        Key: 'k1',
        Value: '{"x":1}',
        Headers: [{ Key: 'h', Value: 'dg==' }],
        IsPartitionEOF: false,
      },
      metadata: { key: 'k1', offset: 0, topic: 'orders' },
    });
    expect(saw('events')[0]).toMatchObject({
      value: [{ Value: '{"x":1}' }, { Value: 'text' }],
      metadata: { keyArray: ['k1', 'k1'], offsetArray: [0, 1] },
    });
  });
});

describe('durable', () => {
  it('starts an orchestration over HTTP and links to its status', async () => {
    const response = await get('start/greet', { method: 'POST', body: '"hi"' });
    const links = (await response.json()) as Record<string, string>;
    expect([response.status, links['id'], response.headers.get('location')]).toEqual([
      202,
      'from-http',
      links['statusQueryGetUri'],
    ]);
    await host.engine.runToEnd('from-http');
    const status = await (await fetch(links['statusQueryGetUri'] ?? '')).json();
    expect(status).toMatchObject({ runtimeStatus: 'Completed', input: 'hi', output: 'HI' });
  });
  it('keeps its webhooks from those without the key', async () => {
    const hook = `${host.origin}/runtime/webhooks/durabletask/instances/from-http`;
    const statuses = await Promise.all(
      [
        hook,
        `${hook}?code=${host.keys.host}`,
        `${hook}?code=${host.keys.ofSystem('durabletask_extension')}`,
        `${host.origin}/runtime/webhooks/other`,
      ].map((url) => fetch(url)),
    );
    expect(statuses.map(({ status }) => status)).toEqual([401, 401, 200, 404]);
  });
  it('gives the client to a queue function and sends what it returns', async () => {
    await host.queues.send('starts', ['"queued"']);
    await until(async () => (await host.engine.client.status('from-queue')) !== undefined);
    expect((await host.engine.runToEnd('from-queue')).output).toBe('"QUEUED"');
    expect((await host.stores.queues.receive('ids', 1)).messages).toMatchObject([{ body: 'from-queue' }]);
  });
});
