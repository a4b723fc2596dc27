import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import { createInterface } from 'node:readline';
import type { EdgeCommand, EdgeCommands, EdgeEvent, ExpectedServer } from '../../../shared/api/edge.ts';
import { until } from '../../kit/until.ts';

/** A platform and its issuer on one port: gives tokens, takes events, and remembers both. */
export class PretendPlatform {
  readonly taken: EdgeEvent[] = [];
  readonly asked: { path: string; token: string | undefined }[] = [];
  servers: ExpectedServer[] = [];
  etag = '"1"';
  /** What the next requests for events are answered instead of 202; 0 breaks the connection. */
  trouble: number[] = [];
  tokens = 0;
  /** Given out with the next question for commands, once. */
  commands: EdgeCommand[] = [];
  role: 'active' | 'standby' = 'active';
  readonly #server: Server = createServer((request, response) => {
    void this.#answer(request).then(({ status, body, headers }) => {
      if (status === 0) return request.socket.destroy();
      return response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(body === undefined ? undefined : JSON.stringify(body));
    });
  });

  get url(): string {
    const address = this.#server.address();
    return `http://127.0.0.1:${typeof address === 'object' ? address?.port : 0}`;
  }
  async listen(): Promise<void> {
    this.#server.listen(0, '127.0.0.1');
    await once(this.#server, 'listening');
  }
  async close(): Promise<void> {
    this.#server.closeAllConnections();
    this.#server.close();
    await once(this.#server, 'close');
  }

  async #answer(request: IncomingMessage): Promise<{ status: number; body?: unknown; headers?: Record<string, string> }> {
    let text = '';
    for await (const chunk of request) text += String(chunk);
    const path = new URL(request.url ?? '/', this.url).pathname;
    const token = request.headers.authorization;
    this.asked.push({ path, token });
    if (path === '/issuer/.well-known/openid-configuration') return { status: 200, body: { token_endpoint: `${this.url}/issuer/protocol/token` } };
    if (path === '/issuer/protocol/token') return { status: 200, body: { access_token: `token-${++this.tokens}`, token_type: 'Bearer', expires_in: 3600 } };
    if (path === '/api/v1/edge/expected') return request.headers['if-none-match'] === this.etag ? { status: 304 } : { status: 200, body: { servers: this.servers }, headers: { etag: this.etag } };
    if (path === '/api/v1/edge/commands') return { status: 200, body: await this.#commandsWithin(200) };
    const trouble = this.trouble.shift();
    if (trouble !== undefined) return { status: trouble, body: { title: 'trouble' } };
    const { events } = JSON.parse(text) as { events: EdgeEvent[] };
    this.taken.push(...events);
    return { status: 202, body: { accepted: events.length } };
  }

  /** Lets a question wait, as the platform does. */
  async #commandsWithin(milliseconds: number): Promise<EdgeCommands> {
    const began = performance.now();
    await until('a command or the end of the wait', () => this.commands.length > 0 || performance.now() - began > milliseconds);
    const commands = this.commands.splice(0);
    return { role: this.role, leaseSeconds: 15, waitedMilliseconds: performance.now() - began, commands };
  }
}

/** The agent as a process of its own, with the environment as its only input. */
export class AgentProcess {
  readonly #child: ChildProcess;
  /** Where each of its datacenters' agents listens. */
  urls: string[] = [];

  private constructor(child: ChildProcess) {
    this.#child = child;
  }

  static async start(environment: Record<string, string>): Promise<AgentProcess> {
    const child = spawn(process.execPath, ['edge/main.ts'], { env: { PATH: process.env['PATH'], ...environment }, stdio: ['ignore', 'pipe', 'inherit'] });
    const agent = new AgentProcess(child);
    for await (const line of createInterface({ input: child.stdout })) {
      const { agents } = JSON.parse(line) as { agents: { url: string }[] };
      agent.urls = agents.map(({ url }) => url);
      return agent;
    }
    throw new Error('The agent ended before it listened.');
  }

  get url(): string {
    return this.urls[0] ?? '';
  }
  /** Resident memory, from Linux's own books; undefined elsewhere. */
  get megabytes(): number | undefined {
    const file = `/proc/${this.#child.pid}/status`;
    return existsSync(file) ? Math.round(Number(/VmRSS:\s+(\d+)/.exec(readFileSync(file, 'utf8'))?.[1]) / 1000) : undefined;
  }
  async end(signal: 'SIGKILL' | 'SIGTERM'): Promise<number | null> {
    const gone = once(this.#child, 'exit');
    this.#child.kill(signal);
    await gone;
    return this.#child.exitCode;
  }
}
