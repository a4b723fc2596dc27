// One way to answer GET /api/v1/servers/{id}, in a process of its own: node test/bench/http-host/serve.ts <mode>
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { Agent, createServer, request as forwardTo, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { app } from '@azure/functions';
import { FunctionsCore, triggerOf } from '../../../runtime/core/functions-core.ts';
import { installFunctionsCore } from '../../../runtime/core/install.ts';
import { invoke } from '../../../runtime/core/invoke.ts';
import { startApp } from '../../../runtime/core/load.ts';
import { silentLog } from '../../../runtime/core/log.ts';
import { readSettings } from '../../../runtime/core/settings.ts';
import { createMemoryEngine } from '../../../runtime/durable/memory/engine.ts';
import { startHost } from '../../../runtime/host.ts';
import type { Mode } from './modes.ts';

const body = { id: 'srv_1', state: 'IN_SERVICE', rack: 'a-12' };

/** Among as many routes as the product has. */
const register = (isStreaming: boolean) => () => {
  if (isStreaming) app.setup({ enableHttpStream: true });
  for (let i = 0; i < 120; i++)
    app.http(`other-${i}`, {
      methods: ['GET'],
      route: `v1/things-${i}/{id}/parts/{part?}`,
      handler: () => ({ status: 204 }),
    });
  app.http('server', {
    methods: ['GET'],
    route: 'v1/servers/{id}',
    handler: (request) => ({ jsonBody: { ...body, id: request.params['id'] } }),
  });
};

const serve: Record<Mode, () => Promise<number>> = {
  'host without streaming': () => serveHost(false),
  'host, streaming': () => serveHost(true),
  'bare node:http': () =>
    listen(
      (_request, response) =>
        void response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(body)),
    ),
  'forwarded, as on Azure': serveForwarding,
};

async function serveHost(isStreaming: boolean): Promise<number> {
  const settings = readSettings({ PORT: '0', DURABLE_ENGINE: 'memory' }, { version: '2.0' });
  const host = await startHost({
    app: register(isStreaming),
    settings,
    log: silentLog,
    createEngine: (durable) => createMemoryEngine(durable),
  });
  return Number(new URL(host.origin).port);
}

/** What a host in another process would do: each request once more over a socket. */
async function serveForwarding(): Promise<number> {
  const core = new FunctionsCore();
  installFunctionsCore(core);
  register(true)();
  await startApp(core, process.cwd());
  const fn = core.find('server');
  const target = new URL(core.capabilities['HttpUri'] ?? '');
  const agent = new Agent({ keepAlive: true });
  if (!fn) throw new Error('The function was not registered.');
  return listen((request, response) => {
    const invocationId = randomUUID();
    const headers = {
      ...request.headers,
      'x-ms-invocation-id': invocationId,
      'x-forwarded-host': request.headers.host ?? '',
      'x-forwarded-proto': 'http',
    };
    const forwarded = forwardTo(
      { agent, host: target.hostname, port: target.port, path: request.url, method: request.method, headers },
      (answer) => {
        response.writeHead(answer.statusCode ?? 500, answer.headers);
        answer.pipe(response);
      },
    );
    request.pipe(forwarded);
    void invoke(core, fn, {
      invocationId,
      inputData: [{ name: triggerOf(fn).name, data: { http: {} } }],
      triggerMetadata: { Headers: { json: JSON.stringify(request.headers) }, id: { string: 'srv_1' } },
    });
  });
}

async function listen(handle: (request: IncomingMessage, response: ServerResponse) => void): Promise<number> {
  const server = createServer(handle).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return (server.address() as AddressInfo).port;
}

process.on('disconnect', () => process.exit(0));
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => {}); // who asks us ends us
process.send?.({ port: await serve[process.argv[2] as Mode]() });
