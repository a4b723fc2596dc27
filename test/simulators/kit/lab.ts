import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import { systemScheduler, type Scheduler } from '../../../shared/kernel/scheduler.ts';
import { company, type Company } from './company.ts';
import { Faults } from './faults.ts';
import { EffectLedger, type Effect } from './ledger.ts';
import type { Opened, SimAnswer, SimContext, SimRequest, Simulator } from './simulator.ts';

interface Job {
  simulator: string;
  kind: string;
  at: number;
  payload: unknown;
}
export interface LabSnapshot {
  states: Record<string, unknown>;
  jobs: Job[];
  effects: Effect[];
}
export interface LabOptions {
  simulators: readonly Simulator<never>[];
  time?: Scheduler;
  /** Hardware seconds are divided by this: at 60 a server that boots in two minutes is up in two seconds. */
  speed?: number;
  saved?: LabSnapshot | undefined;
  /** Sees every request that reached a simulator, and what it answered: contract tests and a log of the lab. */
  observe?: (exchange: Exchange) => void;
}
export interface Exchange {
  system: string;
  request: SimRequest;
  answer: SimAnswer;
}

/**
 * The simulated company in one process: every outside system below one HTTP server, their states, what they
 * do later, what should go wrong, and a ledger of what they did.
 */
export class Lab {
  readonly company: Company = company;
  readonly faults = new Faults();
  readonly effects: EffectLedger;
  readonly #time: Scheduler;
  readonly #speed: number;
  readonly #simulators = new Map<string, Simulator<unknown>>();
  readonly #states = new Map<string, unknown>();
  readonly #jobs = new Set<Job & { cancel: () => void }>();
  readonly #servers = new Set<Server>();
  readonly #opened = new Map<string, Opened>();
  readonly #observe: LabOptions['observe'];
  #baseUrl = '';
  #changes = 0;

  constructor(options: LabOptions) {
    this.#time = options.time ?? systemScheduler;
    this.#speed = options.speed ?? 1;
    this.#observe = options.observe;
    this.effects = new EffectLedger(options.saved?.effects);
    for (const simulator of options.simulators as unknown as readonly Simulator<unknown>[]) {
      this.#simulators.set(simulator.name, simulator);
      this.#states.set(simulator.name, options.saved?.states[simulator.name] ?? simulator.initialState(this.company));
    }
    for (const job of options.saved?.jobs ?? []) this.#enqueue(job);
  }

  /** Where the systems are reached, without a trailing slash; `${url}/netbox` is NetBox. */
  get url(): string {
    return this.#baseUrl;
  }
  get time(): Scheduler {
    return this.#time;
  }
  /** Grows with every request and job that may have changed a state: tells a saver when to save. */
  get changes(): number {
    return this.#changes;
  }

  async listen(port = 0, host = '127.0.0.1'): Promise<string> {
    const server = createServer((request, response) => void this.#serve(request, response));
    await listenOn(server, port, host);
    this.#servers.add(server);
    const address = server.address();
    this.#baseUrl = `http://${host}:${typeof address === 'object' ? address?.port : port}`;
    for (const [name, simulator] of this.#simulators)
      if (simulator.open) this.#opened.set(name, await simulator.open(this.context(name), host));
    return this.#baseUrl;
  }

  /** Where a simulator with a server of its own is reached. */
  addressOf(simulator: string): string {
    const opened = this.#opened.get(simulator);
    if (!opened)
      throw new Error(`The simulator '${simulator}' has no server of its own, or the lab does not listen yet.`);
    return opened.url;
  }

  /** Serves one simulator on an address of its own, without a mount path: each BMC has one. */
  async listenFor(simulator: string, host: string, port: number, prefix = ''): Promise<Server> {
    const baseUrl = `http://${host}:${port}`;
    const server = createServer((request, response) => {
      void this.#answer(simulator, prefix + (request.url ?? '/'), baseUrl, request, response, () => server.listening);
    });
    await listenOn(server, port, host);
    this.#servers.add(server);
    server.once('close', () => this.#servers.delete(server));
    return server;
  }

  async close(): Promise<void> {
    for (const job of this.#jobs) job.cancel();
    this.#jobs.clear();
    await Promise.all([...this.#opened.values()].map((opened) => opened.close()));
    this.#opened.clear();
    await Promise.all(
      [...this.#servers].map((server) => {
        server.closeAllConnections();
        return new Promise<void>((resolve) => void server.close(() => resolve()));
      }),
    );
  }

  state<State>(simulator: string): State {
    return this.#states.get(simulator) as State;
  }
  context<State>(simulator: string): SimContext<State> {
    return {
      state: this.state<State>(simulator),
      company: this.company,
      carriers: [...this.#simulators.values()].flatMap(({ name, parcels }) => (parcels ? [{ name, ...parcels }] : [])),
      now: () => this.#time.now(),
      moment: (afterSeconds) => this.#momentAfter(afterSeconds),
      later: (kind, afterSeconds, payload) =>
        this.#enqueue({ simulator, kind, payload, at: this.#momentAfter(afterSeconds) }),
      effect: (kind, key) => {
        this.#changes += 1;
        this.effects.add(simulator, kind, key, this.#time.now());
      },
      takeBack: (kind, key) => this.effects.takeBack(simulator, kind, key),
      tell: (other, kind, payload) =>
        this.#simulators.has(other) && this.#enqueue({ simulator: other, kind, payload, at: this.#time.now() }),
      fault: (method, path) => this.faults.take(simulator, method, path),
    };
  }
  /** What every system holds for us, by system. Two worlds with the same holdings are alike. */
  holdings(): Record<string, unknown> {
    return Object.fromEntries(
      [...this.#simulators].flatMap(([name, simulator]) =>
        simulator.holdings ? [[name, structuredClone(simulator.holdings(this.#states.get(name)))]] : [],
      ),
    );
  }
  snapshot(): LabSnapshot {
    return {
      states: Object.fromEntries(this.#states),
      jobs: [...this.#jobs].map(({ simulator, kind, at, payload }) => ({ simulator, kind, at, payload })),
      effects: this.effects.all(),
    };
  }

  #momentAfter(hardwareSeconds: number): number {
    return this.#time.now() + (hardwareSeconds * 1000) / this.#speed;
  }

  #enqueue(job: Job): void {
    const entry = { ...job, cancel: () => {} };
    entry.cancel = this.#time.schedule(job.at, async () => {
      this.#jobs.delete(entry);
      this.#changes += 1;
      const run = this.#simulators.get(job.simulator)?.jobs?.[job.kind];
      if (!run) throw new Error(`The simulator '${job.simulator}' has no job '${job.kind}'.`);
      await run(job.payload as never, this.context(job.simulator));
    });
    this.#jobs.add(entry);
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const [, mount = ''] = (request.url ?? '/').split(/[/?]/, 2);
    await this.#answer(
      mount,
      (request.url ?? '/').slice(mount.length + 1) || '/',
      `${this.#baseUrl}/${mount}`,
      request,
      response,
    );
  }

  async #answer(
    name: string,
    urlText: string,
    baseUrl: string,
    request: IncomingMessage,
    response: ServerResponse,
    isListening = () => true,
  ): Promise<void> {
    try {
      const url = new URL(urlText, 'http://lab');
      const method = request.method ?? 'GET';
      const fault = this.faults.take(name, method, url.pathname);
      if (fault?.kind === 'refused-connection') return void request.socket.destroy();
      if (fault?.kind === 'slow') await delay(fault.milliseconds);
      if (fault?.kind === 'status')
        return send(response, {
          status: fault.status,
          body: fault.body ?? { detail: 'fault switch' },
          headers: fault.retryAfterSeconds === undefined ? {} : { 'retry-after': String(fault.retryAfterSeconds) },
        });
      const simulator = this.#simulators.get(name);
      if (simulator?.serve) {
        if (method !== 'GET' && method !== 'HEAD') this.#changes += 1;
        return await simulator.serve(request, response, this.context(name), baseUrl);
      }
      const text = await readText(request);
      const headers = Object.fromEntries(
        Object.entries(request.headers).map(([key, value]) => [
          key,
          Array.isArray(value) ? value.join(', ') : (value ?? ''),
        ]),
      );
      const asked: SimRequest = {
        method,
        path: url.pathname,
        query: url.searchParams,
        headers,
        body: bodyOf(text, headers['content-type']),
        text,
        baseUrl,
        isOnUsedConnection: usedConnections.has(request.socket),
      };
      usedConnections.add(request.socket);
      const answer = (await simulator?.handle?.(asked, this.context(name))) ?? {
        status: 404,
        body: { detail: `The lab's ${name || 'root'} knows no ${method} ${url.pathname}.` },
      };
      this.#observe?.({ system: name, request: asked, answer });
      if (method !== 'GET' && method !== 'HEAD') this.#changes += 1;
      // A system that was closed by this very request, as a BMC is by its restart, breaks the connection with its
      // answer.
      if (!isListening()) response.shouldKeepAlive = false;
      if (answer.isReset || fault?.kind === 'lost-answer') return void request.socket.destroy();
      if (fault?.kind === 'garbled-answer')
        return send(response, {
          status: answer.status,
          headers: { 'content-type': 'application/json' },
          body: '{"half": ',
        });
      send(response, answer);
    } catch (error) {
      console.error(`lab: ${name} ${request.method} ${urlText} broke`, error);
      send(response, { status: 500, body: { detail: error instanceof Error ? error.message : String(error) } });
    }
  }
}

/** Sockets that have carried a request before. */
const usedConnections = new WeakSet<object>();

const listenOn = (server: Server, port: number, host: string): Promise<void> =>
  new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => resolve());
  });

async function readText(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString('utf8');
}

function bodyOf(text: string, type = ''): unknown {
  if (text === '') return undefined;
  if (type.includes('x-www-form-urlencoded')) return Object.fromEntries(new URLSearchParams(text));
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function send(response: ServerResponse, answer: SimAnswer): void {
  if (response.headersSent) return;
  const { body } = answer;
  const isReady = typeof body === 'string' || body instanceof Uint8Array;
  response.writeHead(answer.status, {
    ...(body !== undefined && !isReady && { 'content-type': 'application/json' }),
    ...answer.headers,
  });
  if (answer.stream) return openChannel(response, answer.stream);
  response.end(body === undefined ? undefined : isReady ? body : JSON.stringify(body));
}

function openChannel(response: ServerResponse, use: NonNullable<SimAnswer['stream']>): void {
  response.flushHeaders();
  use({
    write: (text) => void response.write(text),
    close: () => void response.end(),
    onClose: (run) => void response.once('close', run),
  });
}
