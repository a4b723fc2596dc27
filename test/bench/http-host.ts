// How much the functions host costs over bare node:http, with streaming off, on, and as Azure forwards it.
// Run: node test/bench/http-host.ts [seconds a round]. The server has a process of its own; the client speaks raw HTTP/1.1.
import { randomUUID } from 'node:crypto';
import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { Agent, createServer, request as forwardTo, type IncomingMessage, type ServerResponse } from 'node:http';
import { connect, type AddressInfo } from 'node:net';
import { app } from '@azure/functions';
import { FunctionsCore, triggerOf } from '../../runtime/core/functions-core.ts';
import { installFunctionsCore } from '../../runtime/core/install.ts';
import { invoke } from '../../runtime/core/invoke.ts';
import { startApp } from '../../runtime/core/load.ts';
import { createMemoryEngine } from '../../runtime/durable/memory/engine.ts';
import { startHost } from '../../runtime/host.ts';
import { readSettings } from '../../runtime/settings.ts';
import { silentLog } from '../../runtime/triggers/log.ts';

const modes = ['bare node:http', 'host', 'host, streaming', 'forwarded to the library, as on Azure'] as const;
type Mode = (typeof modes)[number];
const connections = 32;
const body = { id: 'srv_1', state: 'IN_SERVICE', rack: 'a-12' };

const register = (isStreaming: boolean) => () => {
  if (isStreaming) app.setup({ enableHttpStream: true });
  for (let i = 0; i < 120; i++) app.http(`other-${i}`, { methods: ['GET'], route: `v1/things-${i}/{id}/parts/{part?}`, handler: () => ({ status: 204 }) });
  app.http('server', { methods: ['GET'], route: 'v1/servers/{id}', handler: (request) => ({ jsonBody: { ...body, id: request.params['id'] } }) });
};

async function serve(mode: Mode): Promise<number> {
  if (mode === 'bare node:http') return listen((_request, response) => void response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(body)));
  if (mode === modes[3]) return serveForwarding();
  const settings = readSettings({ PORT: '0', DURABLE_ENGINE: 'memory' }, { version: '2.0' });
  const host = await startHost({ app: register(mode === 'host, streaming'), settings, log: silentLog, createEngine: (durable) => createMemoryEngine(durable) });
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
    const headers = { ...request.headers, 'x-ms-invocation-id': invocationId, 'x-forwarded-host': request.headers.host ?? '', 'x-forwarded-proto': 'http' };
    const forwarded = forwardTo({ agent, host: target.hostname, port: target.port, path: request.url, method: request.method, headers }, (answer) => {
      response.writeHead(answer.statusCode ?? 500, answer.headers);
      answer.pipe(response);
    });
    request.pipe(forwarded);
    void invoke(core, fn, { invocationId, inputData: [{ name: triggerOf(fn).name, data: { http: {} } }], triggerMetadata: { Headers: { json: JSON.stringify(request.headers) }, id: { string: 'srv_1' } } });
  });
}

async function listen(handle: (request: IncomingMessage, response: ServerResponse) => void): Promise<number> {
  const server = createServer(handle).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return (server.address() as AddressInfo).port;
}

/** One connection asking again as soon as it is answered. Answers the latencies in milliseconds. */
function ask(port: number, until: number): Promise<number[]> {
  const latencies: number[] = [];
  const text = `GET /api/v1/servers/srv_1 HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nAccept: application/json\r\n\r\n`;
  return new Promise((resolve, reject) => {
    let received = '';
    let sentAt = performance.now();
    const socket = connect(port, '127.0.0.1', () => socket.write(text));
    socket.setNoDelay().setEncoding('latin1').on('error', reject).on('data', (chunk: string) => {
      received += chunk;
      if (!isWhole(received)) return;
      if (!received.startsWith('HTTP/1.1 200')) return reject(new Error(received));
      const now = performance.now();
      latencies.push(now - sentAt);
      received = '';
      sentAt = now;
      if (now < until) return void socket.write(text);
      socket.destroy();
      resolve(latencies);
    });
  });
}

function isWhole(text: string): boolean {
  const end = text.indexOf('\r\n\r\n');
  if (end < 0) return false;
  const length = /content-length: (\d+)/i.exec(text.slice(0, end))?.[1];
  return length === undefined ? text.endsWith('0\r\n\r\n') : text.length >= end + 4 + Number(length);
}

interface Server {
  mode: Mode;
  child: ChildProcess;
  port: number;
}

async function launch(mode: Mode): Promise<Server> {
  const child = fork(import.meta.filename, ['serve', mode], { execArgv: ['--max-semi-space-size=4'] }); // as runtime/main.ts asks to be run
  const [{ port }] = await once(child, 'message') as [{ port: number }];
  return { mode, child, port };
}

async function measure({ mode, child, port }: Server, seconds: number) {
  const before = await cpuOf(child);
  const until = performance.now() + seconds * 1000;
  const all = (await Promise.all(Array.from({ length: connections }, () => ask(port, until)))).flat().sort((a, b) => a - b);
  const at = (share: number) => Number((all[Math.floor(all.length * share)] ?? 0).toFixed(2));
  return { mode, requestsPerSecond: Math.round(all.length / seconds), p50: at(0.5), p99: at(0.99), cpuMicroseconds: Math.round(((await cpuOf(child)) - before) / all.length) };
}

/** CPU time of the server's process so far, in microseconds: it says the same on a busy machine. */
async function cpuOf(child: ChildProcess): Promise<number> {
  child.send('cpu');
  const [{ cpu }] = await once(child, 'message') as [{ cpu: number }];
  return cpu;
}

const [command = '3', mode] = process.argv.slice(2);
if (command === 'serve') {
  const known = modes.find((each) => each === mode);
  if (known) process.send?.({ port: await serve(known) });
  process.on('message', () => {
    const { user, system } = process.cpuUsage();
    process.send?.({ cpu: user + system });
  });
} else {
  // Taking turns, best of three rounds after one to warm up: what else the machine does disturbs all alike.
  const servers = await Promise.all(modes.map(launch));
  const results: (Awaited<ReturnType<typeof measure>> & { round: number })[] = [];
  for (let round = 0; round < 4; round++) for (const server of servers) results.push({ round, ...(await measure(server, Number(command))) });
  servers.forEach(({ child }) => child.kill());
  const best = modes.map((each) => results.filter(({ round, mode: of }) => round > 0 && of === each).sort((a, b) => b.requestsPerSecond - a.requestsPerSecond)[0]);
  console.table(best.map((result) => ({ ...result, round: undefined })), ['mode', 'requestsPerSecond', 'p50', 'p99', 'cpuMicroseconds']);
}
