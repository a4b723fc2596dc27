import { beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { DurableApp } from '../../../../../runtime/durable/contract/engine.ts';
import {
  handleManagement,
  type ManagementAnswer,
  type ManagementRequest,
} from '../../../../../runtime/durable/management/handler.ts';
import { clientBindingPayload, instanceLinks } from '../../../../../runtime/durable/management/links.ts';
import { createMemoryEngine, type MemoryEngine } from '../../../../../runtime/durable/memory/engine.ts';
import { loadConformanceApp } from '../../../../kit/conformance/load.ts';

const address = { baseUrl: 'https://host/runtime/webhooks/durabletask', taskHub: 'Hub', key: 'a&b' };

let app: DurableApp;
let engine: MemoryEngine;
beforeAll(async () => {
  app = await loadConformanceApp();
});
beforeEach(async () => {
  engine = createMemoryEngine(app, { workers: 1 });
  await engine.start();
});

type Answer = Omit<ManagementAnswer, 'body'> & { body: unknown };
async function ask(line: string, { body = '', ...rest }: Partial<ManagementRequest> = {}): Promise<Answer> {
  const [method = '', target = ''] = line.split(' ');
  const [path = '', query] = target.split('?');
  const answer = await handleManagement(engine.client, {
    method,
    path,
    query: new URLSearchParams(query),
    body,
    address,
    ...rest,
  });
  return { ...answer, body: answer.body === undefined ? undefined : JSON.parse(answer.body) };
}

describe('an instance', () => {
  it('is started, shown while it runs, and shown when it has ended', async () => {
    const started = await ask('POST /orchestrators/three-events/my%20id', { body: '{"a":1}' });
    expect(started).toMatchObject({
      status: 202,
      headers: { 'retry-after': '10' },
      body: {
        id: 'my id',
        statusQueryGetUri:
          'https://host/runtime/webhooks/durabletask/instances/my%20id?taskHub=Hub&connection=Storage&code=a%26b',
      },
    });
    await engine.settle();
    const running = await ask('GET /instances/my%20id');
    expect(running).toMatchObject({
      status: 202,
      headers: { 'retry-after': '5', location: expect.stringContaining('/instances/my%20id?') },
    });
    expect(running.body).toEqual({
      name: 'three-events',
      instanceId: 'my id',
      runtimeStatus: 'Running',
      input: { a: 1 },
      customStatus: null,
      output: null,
      createdTime: '2026-01-01T00:00:00Z',
      lastUpdatedTime: '2026-01-01T00:00:00Z',
    });
    for (const value of [1, 2, 3])
      expect((await ask('POST /instances/my%20id/raiseEvent/event', { body: String(value) })).status).toBe(202);
    await engine.runToEnd('my id');
    expect(await ask('GET /instances/my%20id?showInput=false')).toMatchObject({
      status: 200,
      body: { runtimeStatus: 'Completed', input: null, output: [1, 2, 3] },
    });
    expect((await ask('POST /instances/my%20id/raiseEvent/event', { body: '1' })).status).toBe(410);
  });

  it('that failed is a 500 to those who ask for it so', async () => {
    await ask('POST /orchestrators/thrower/x');
    await engine.runToEnd('x');
    expect(await ask('GET /instances/x')).toMatchObject({
      status: 200,
      body: { output: "Orchestrator function 'thrower' failed: the orchestrator broke" },
    });
    expect((await ask('GET /instances/x?returnInternalServerErrorOnFailure=true')).status).toBe(500);
  });

  it('shows its history in names, with what was scheduled folded into what came of it', async () => {
    await ask('POST /orchestrators/event-or-timeout/x', { body: '{"milliseconds":60000}' });
    await ask('POST /instances/x/raiseEvent/go', { body: '"now"' });
    await engine.runToEnd('x');
    const events = async (query: string) =>
      ((await ask(`GET /instances/x?showHistory=true${query}`)).body as { historyEvents: object[] }).historyEvents;
    expect(await events('&showHistoryOutput=true')).toMatchObject([
      { EventType: 'ExecutionStarted', FunctionName: 'event-or-timeout' },
      { EventType: 'EventRaised', Name: 'go', Input: 'now' },
      { EventType: 'TaskCompleted', FunctionName: 'echo', ScheduledTime: expect.any(String), Result: 'now' },
      { EventType: 'ExecutionCompleted', Result: { got: 'now' } },
    ]);
    expect((await events(''))[2]).not.toHaveProperty('Result');
  });

  it('can be waited for in the request that starts it', async () => {
    expect(await ask('POST /orchestrators/fan-out/x?timeout=5&pollingInterval=0.01', { body: '5' })).toMatchObject({
      status: 200,
      body: 10,
    });
    expect(await ask('POST /orchestrators/thrower/y?timeout=5&pollingInterval=0.01')).toMatchObject({
      status: 500,
      body: { runtimeStatus: 'Failed' },
    });
    expect(await ask('POST /orchestrators/three-events/z?timeout=0.02&pollingInterval=0.01')).toMatchObject({
      status: 202,
      body: { id: 'z' },
    });
  });

  it('is restarted with its input, under a new id or its own', async () => {
    await ask('POST /orchestrators/chain/x', { body: '"again"' });
    await engine.runToEnd('x');
    const { body } = await ask('POST /instances/x/restart');
    const { id } = body as { id: string };
    expect(id).not.toBe('x');
    expect(await engine.runToEnd(id)).toMatchObject({ name: 'chain', input: '"again"' });
    expect(await ask('POST /instances/x/restart?restartWithNewInstanceId=false')).toMatchObject({
      status: 202,
      body: { id: 'x' },
    });
    expect((await ask('POST /instances/nobody/restart')).status).toBe(404);
  });

  it('is terminated, suspended, resumed, rewound and purged', async () => {
    await ask('POST /orchestrators/three-events/x');
    expect((await ask('POST /instances/x/rewind')).status).toBe(412);
    expect((await ask('POST /instances/x/suspend?reason=hold')).status).toBe(202);
    await engine.settle();
    expect((await ask('GET /instances/x')).body).toMatchObject({ runtimeStatus: 'Suspended' });
    expect((await ask('POST /instances/x/resume')).status).toBe(202);
    expect((await ask('DELETE /instances/x')).status).toBe(404); // it runs
    expect((await ask('POST /instances/x/terminate?reason=not+wanted')).status).toBe(202);
    expect(await engine.runToEnd('x')).toMatchObject({ output: 'not wanted' });
    expect(await ask('DELETE /instances/x')).toMatchObject({ status: 200, body: { instancesDeleted: 1 } });
  });
});

describe('what cannot be done', () => {
  it.each([
    ['POST /orchestrators/no-such', 400],
    ['POST /orchestrators/chain/@x@y', 400],
    ['GET /orchestrators/chain', 404],
    ['GET /instances/nobody', 404],
    ['POST /instances/nobody/terminate', 404],
    ['POST /instances/nobody/raiseEvent', 404],
    ['POST /instances/nobody/dance', 404],
    ['PUT /instances/nobody', 404],
    ['GET /instances/%E0%A4%A', 400],
    ['DELETE /instances/', 400],
    ['GET /instances/?createdTimeFrom=yesterday', 400],
    ['GET /instances/?runtimeStatus=Sleeping', 400],
    ['POST /entities/no-such/k?op=x', 400],
    ['PUT /entities/counter/k', 404],
    ['GET /elsewhere', 404],
  ])('%s is a %i', async (line, status) => {
    expect((await ask(line)).status).toBe(status);
  });

  it('is a body that is not JSON', async () => {
    expect((await ask('POST /orchestrators/chain', { body: '{"a":' })).status).toBe(400);
  });

  it('is a second start of what runs', async () => {
    await ask('POST /orchestrators/three-events/x');
    expect(await ask('POST /orchestrators/three-events/x')).toMatchObject({
      status: 409,
      body: { Message: "An instance 'x' exists and has not ended." },
    });
  });
});

it('lists by status, prefix and page', async () => {
  for (const id of ['a-1', 'a-2', 'a-3', 'b-1']) await ask(`POST /orchestrators/three-events/${id}`);
  await engine.settle();
  const ids = ({ body }: Answer) => (body as { instanceId: string }[]).map(({ instanceId }) => instanceId);
  expect(ids(await ask('GET /instances/?instanceIdPrefix=a-&runtimeStatus=running,Pending'))).toEqual([
    'a-1',
    'a-2',
    'a-3',
  ]);
  const first = await ask('GET /instances/?top=3');
  expect(ids(first)).toEqual(['a-1', 'a-2', 'a-3']);
  const token = first.headers['x-ms-continuation-token'] ?? '';
  const second = await ask('GET /instances/?top=3', { continuationToken: token });
  expect(ids(second)).toEqual(['b-1']);
  expect(second.headers).not.toHaveProperty('x-ms-continuation-token');
  expect(ids(await ask('GET /instances/?runtimeStatus=Failed'))).toEqual([]);
});

it('signals, shows, lists and deletes entities, the one without a key too', async () => {
  expect((await ask('POST /entities/Counter/k%2F1?op=add', { body: '7' })).status).toBe(202);
  expect((await ask('POST /entities/Counter/$?op=add', { body: '1' })).status).toBe(202);
  await engine.settle();
  expect(await ask('GET /entities/counter/k%2F1')).toMatchObject({ status: 200, body: 7 });
  expect((await ask('GET /entities/counter?fetchState=true')).body).toEqual([
    { entityId: { name: 'counter', key: 'k/1' }, lastOperationTime: null, state: 7 },
    { entityId: { name: 'counter', key: '' }, lastOperationTime: null, state: 1 },
  ]);
  expect((await ask('GET /entities')).body).toHaveLength(2);
  expect((await ask('DELETE /entities/counter/$')).status).toBe(202);
  await engine.settle();
  expect((await ask('GET /entities/counter/$')).status).toBe(404);
});

describe('the payload of a durableClient binding', () => {
  it('names hub, key and every link', () => {
    expect(JSON.parse(clientBindingPayload(address, 'http://127.0.0.1:17071/durabletask/'))).toEqual({
      taskHubName: 'Hub',
      connectionName: null,
      baseUrl: 'https://host/runtime/webhooks/durabletask',
      requiredQueryStringParameters: 'code=a%26b',
      rpcBaseUrl: 'http://127.0.0.1:17071/durabletask/',
      creationUrls: {
        createNewInstancePostUri:
          'https://host/runtime/webhooks/durabletask/orchestrators/{functionName}[/{instanceId}]?code=a%26b',
        createAndWaitOnNewInstancePostUri:
          'https://host/runtime/webhooks/durabletask/orchestrators/{functionName}[/{instanceId}]' +
          '?timeout={timeoutInSeconds}&pollingInterval={intervalInSeconds}&code=a%26b',
      },
      managementUrls: instanceLinks(address, 'INSTANCEID'),
    });
  });

  it('leaves the rpc address out where there is none', () => {
    expect(JSON.parse(clientBindingPayload(address))).not.toHaveProperty('rpcBaseUrl');
  });
});
