import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { HttpRequest, InvocationContext } from '@azure/functions';
import { afterAll, beforeAll, expect } from '@jest/globals';
import * as df from 'durable-functions';
import type { Given } from '../harness.ts';
import { startManagementServer, type ManagementServer } from '../management-server.ts';

/** Cases that need a network: the SDK's own client, and callHttp. */
export function httpCases({ it, run, start, toEnd, id, client, untilStatus, untilWaiting, runUntil }: Given): void {
  let management: ManagementServer;
  let hostname: string | undefined;
  beforeAll(async () => {
    management = await startManagementServer(client);
    hostname = process.env['WEBSITE_HOSTNAME'];
    process.env['WEBSITE_HOSTNAME'] = new URL(management.origin).host; // else the SDK rewrites every link to port 7071
  });
  afterAll(async () => {
    await management.stop();
    if (hostname === undefined) delete process.env['WEBSITE_HOSTNAME'];
    else process.env['WEBSITE_HOSTNAME'] = hostname;
  });

  const clientOf = (mode: 'rpc' | 'webhook'): df.DurableClient => {
    const binding = df.input.durableClient();
    const context = new InvocationContext({
      options: { trigger: { type: 'any', name: 'any' }, extraInputs: [binding], extraOutputs: [] },
    });
    context.extraInputs.set(binding, JSON.parse(management.bindingPayload(mode)));
    return df.getClient(context);
  };

  for (const mode of ['rpc', 'webhook'] as const) {
    it(`the SDK's client starts, raises, terminates, suspends, resumes and looks (${mode})`, async () => {
      const sdk = clientOf(mode);
      const instanceId = await sdk.startNew('three-events', { instanceId: `${id()} with space`, input: { a: 1 } });
      await untilWaiting(instanceId);
      for (const value of [1, 2]) await sdk.raiseEvent(instanceId, 'event', { value });
      await sdk.suspend(instanceId, 'hold');
      await untilStatus(instanceId, 'Suspended');
      expect(await sdk.getStatus(instanceId)).toMatchObject({
        name: 'three-events',
        runtimeStatus: 'Suspended',
        input: { a: 1 },
        output: null,
      });
      await sdk.resume(instanceId, 'go on');
      await sdk.raiseEvent(instanceId, 'event', { value: 3 });
      await toEnd(instanceId);
      expect(await sdk.getStatus(instanceId)).toMatchObject({
        runtimeStatus: 'Completed',
        output: [{ value: 1 }, { value: 2 }, { value: 3 }],
      });
      await sdk.raiseEvent(instanceId, 'event', 'too late'); // 410 is swallowed by the client
      const doomed = await sdk.startNew('three-events');
      await sdk.terminate(doomed, 'because');
      await untilStatus(doomed, 'Terminated');
      expect((await sdk.getStatus(doomed)).output).toBe('because');
    });

    it(`the SDK's client sends no input as an empty text, as on Azure (${mode})`, async () => {
      const instanceId = await clientOf(mode).startNew('input');
      await toEnd(instanceId);
      expect((await clientOf(mode).getStatus(instanceId)).output).toEqual({ type: 'string', input: '' });
    });

    it(`the SDK's client hears what cannot be done (${mode})`, async () => {
      const sdk = clientOf(mode);
      await expect(sdk.startNew('no-such')).rejects.toThrow('400');
      await expect(sdk.getStatus('nobody')).rejects.toThrow('404');
      await expect(sdk.raiseEvent('nobody', 'go', 1)).rejects.toThrow("No instance with ID 'nobody' found.");
      const running = await start('three-events');
      await expect(sdk.startNew('three-events', { instanceId: running })).rejects.toThrow('409');
      await expect(sdk.rewind(running, 'no need')).rejects.toThrow('only supported on failed');
      expect(await sdk.purgeInstanceHistory('nobody')).toMatchObject({ instancesDeleted: 0 });
    });

    it(`the SDK's client lists over several pages, and purges by filter (${mode})`, async () => {
      const sdk = clientOf(mode);
      const many = await Promise.all(Array.from({ length: 120 }, () => start('chain')));
      for (const each of many) await toEnd(each);
      const listed = new Set((await sdk.getStatusAll()).map(({ instanceId }) => instanceId));
      expect(many.every((each) => listed.has(each))).toBe(true);
      const waiting = await start('three-events');
      const filter = {
        createdTimeFrom: new Date(0),
        createdTimeTo: new Date(Date.now() + 366 * 86_400_000),
        runtimeStatus: [df.OrchestrationRuntimeStatus.Completed],
      };
      const completed = (await sdk.getStatusBy(filter)).map(({ instanceId }) => instanceId);
      expect(completed).toContain(many[0]);
      expect(completed).not.toContain(waiting);
      expect((await sdk.purgeInstanceHistoryBy(filter)).instancesDeleted).toBeGreaterThanOrEqual(120);
      await expect(sdk.getStatus(many[0] ?? '')).rejects.toThrow('404');
    });

    it(`the SDK's client signals and reads entities (${mode})`, async () => {
      const sdk = clientOf(mode);
      const entity = new df.EntityId('Counter', `${id()}/with/slashes`);
      expect((await sdk.readEntityState(entity)).entityExists).toBe(false);
      await sdk.signalEntity(entity, 'add', 7);
      await runUntil(async () => (await sdk.readEntityState(entity)).entityExists);
      expect(await sdk.readEntityState(entity)).toMatchObject({ entityExists: true, entityState: 7 });
    });
  }

  it('answers a start with links that work as they are', async () => {
    const sdk = clientOf('webhook');
    const instanceId = await sdk.startNew('custom-status');
    await untilWaiting(instanceId);
    const request = new HttpRequest({
      method: 'POST',
      url: `${management.origin}/api/start`,
      headers: {},
      query: {},
      params: {},
    });
    const links = (await new Response(
      (await sdk.createCheckStatusResponse(request, instanceId)).body as ReadableStream,
    ).json()) as Record<string, string>;
    const status = await fetch(links['statusQueryGetUri'] ?? '');
    expect(status.status).toBe(202);
    expect(await status.json()).toMatchObject({ runtimeStatus: 'Running', customStatus: 'first' });
    expect(
      (await fetch((links['sendEventPostUri'] ?? '').replace('{eventName}', 'next'), { method: 'POST', body: '1' }))
        .status,
    ).toBe(202);
    expect(
      (await fetch((links['terminatePostUri'] ?? '').replace('{text}', 'enough%20now'), { method: 'POST' })).status,
    ).toBe(202);
    expect(await toEnd(instanceId)).toMatchObject({ status: 'Terminated', output: 'enough now' });
    expect((await fetch(links['purgeHistoryDeleteUri'] ?? '', { method: 'DELETE' })).status).toBe(200);
    expect((await fetch((links['statusQueryGetUri'] ?? '').replace(/code=[^&]*/, 'code=wrong'))).status).toBe(401);
  });

  it('waits for completion through the helper of the SDK', async () => {
    const sdk = clientOf('rpc');
    const instanceId = await sdk.startNew('fan-out', { input: 10 });
    const request = new HttpRequest({
      method: 'GET',
      url: `${management.origin}/api/wait`,
      headers: {},
      query: {},
      params: {},
    });
    const response = await sdk.waitForCompletionOrCreateCheckStatusResponse(request, instanceId, {
      timeoutInMilliseconds: 10_000,
      retryIntervalInMilliseconds: 10,
    });
    expect(response.status).toBe(200);
    expect(await new Response(response.body as ReadableStream).json()).toBe(45);
  });

  describeCallHttp({ it, run });
}

function describeCallHttp({ it, run }: Pick<Given, 'it' | 'run'>): void {
  let server: Server;
  let origin: string;
  const polls = new Map<string, number>();
  const seen: string[] = [];
  beforeAll(async () => {
    server = createServer((request, response) => {
      const [, what = '', name = ''] = (request.url ?? '').split('/');
      seen.push(`${request.method} ${request.url} key=${String(request.headers['x-functions-key'])}`);
      const polled = (polls.get(name) ?? 0) + 1;
      polls.set(name, polled);
      if (what === 'ready' || polled > 3) return void response.writeHead(200, { 'x-answer': 'yes' }).end('final');
      if (what === 'broken') return void response.destroy();
      response.writeHead(202, { location: `${origin}/poll/${name}` }).end();
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  afterAll(() => new Promise<void>((resolve) => void server.close(() => resolve())));

  it('calls over HTTP', async () => {
    expect(await run('call-http', { url: `${origin}/ready/a` })).toMatchObject({
      statusCode: 200,
      content: 'final',
      after: 'after',
    });
  });

  it('polls what was accepted until it is done, without the key', async () => {
    expect(await run('call-http', { url: `${origin}/start/b`, headers: { 'x-functions-key': 'k' } })).toMatchObject({
      statusCode: 200,
      content: 'final',
      after: 'after',
    });
    expect(seen.filter((each) => each.includes('/b'))).toEqual([
      'GET /start/b key=k',
      ...Array.from({ length: 3 }, () => 'GET /poll/b key=undefined'),
    ]);
  });

  it('answers what was accepted as it is when polling is off', async () => {
    expect(await run('call-http', { url: `${origin}/start/c`, enablePolling: false })).toMatchObject({
      statusCode: 202,
    });
  });

  it('fails the call when there is no answer', async () => {
    expect(await run('call-http', { url: `${origin}/broken/d` })).toMatchObject({
      caught: expect.stringContaining(
        `Activity function 'BuiltIn::HttpActivity' failed: GET ${origin}/broken/d got no answer`,
      ),
    });
  });
}
