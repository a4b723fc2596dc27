import { spawn, type ChildProcess } from 'node:child_process';
import { createPublicKey } from 'node:crypto';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import type { IncomingMessage } from 'node:http';
import { createServer, type Server } from 'node:https';
import os from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import type { TLSSocket } from 'node:tls';
import { silentEdgeLog } from '../../../edge/kernel/log.ts';
import { createEnrolmentClient } from '../../../edge/platform/enrolment-client.ts';
import { IdentityFiles } from '../../../edge/platform/identity-files.ts';
import { Identity } from '../../../edge/platform/identity.ts';
import { createPlatform, type Platform } from '../../../edge/platform/platform.ts';
import type { EdgeConfiguration } from '../../../shared/domain/edge/agents.api.ts';
import type { EdgeCommand, EdgeCommands, EdgeEvent, ExpectedServer } from '../../../shared/domain/edge/edge.api.ts';
import { keyFingerprint, makeKey, readRequest } from '../../../shared/kernel/certificate-request.ts';
import { DatacenterId } from '../../../shared/kernel/ids.ts';
import { derivedId } from '../../../shared/kernel/new-id.ts';
import { systemScheduler } from '../../../shared/kernel/scheduler.ts';
import { Secret } from '../../../shared/kernel/secret.ts';
import { until } from '../../kit/until.ts';
import { certify, makeAuthority, type Authority } from '../../simulators/kit/authority.ts';

/** Who an agent in the test's own process is, and the platform as it sees it. */
export function anIdentityAt(
  platform: PretendPlatform,
  folder: string,
  datacenter: string,
  { code = datacenter }: { code?: string | null } = {},
): { identity: Identity; platform: Platform } {
  const { url } = platform;
  const version = '1.0.0-test';
  const identity = new Identity({
    files: new IdentityFiles(folder),
    enrolment: createEnrolmentClient({ url, version, timeoutMilliseconds: 1000 }),
    datacenter,
    code: code === null ? undefined : new Secret(code),
    authorities: [platform.authority],
    time: systemScheduler,
    log: silentEdgeLog,
  });
  return { identity, platform: createPlatform({ url, datacenter, version, identity, timeoutMilliseconds: 1000 }) };
}

/** Who signs for pretended platforms: one for all tests of a file. */
let authority: Promise<Authority> | undefined;

interface Reply {
  status: number;
  body?: unknown;
  headers?: Record<string, string>;
}

/** A platform on a port of its own, over TLS: enrols agents, accepts their events, and remembers them. */
export class PretendPlatform {
  readonly taken: EdgeEvent[] = [];
  /** `agent`: the name in the certificate that the caller showed. */
  readonly asked: { path: string; agent: string | undefined }[] = [];
  servers: ExpectedServer[] = [];
  etag = '"1"';
  /** What the next requests for events are answered instead of 202; 0 breaks the connection. */
  fault: number[] = [];
  /**
   * The same for the next requests to be let in or for another certificate. `lost` does what is asked, and its answer
   * never comes.
   */
  enrolmentFaults: (number | 'lost')[] = [];
  /** Names of agents that are shut out. */
  readonly revoked = new Set<string>();
  /** Every certificate that was handed out, with the name in it and how it was asked for. */
  readonly issued: { agent: string; certificate: string; path: string }[] = [];
  lifetimeMilliseconds = 7 * 86_400_000;
  configuration: Partial<EdgeConfiguration> = {};
  configurationEtag = '"1"';
  /** Given out with the next question for commands, once. */
  commands: EdgeCommand[] = [];
  role: 'active' | 'standby' = 'active';
  /** What its safe holds, by where. */
  readonly safe = new Map<string, { username: string; password: string }>();
  /** Called with events as they are accepted. */
  onTaken: (events: readonly EdgeEvent[]) => void = () => undefined;
  /** A code is a datacenter's name, and what follows a # behind it. By it, who came with it. */
  readonly #codes = new Map<string, string>();
  readonly #folder = mkdtempSync(path.join(os.tmpdir(), 'rackline-platform-'));
  /** Whom its agents have to trust. */
  readonly authorityFile = path.join(this.#folder, 'authority.pem');
  #server: Server | undefined;
  #port = 0;

  get url(): string {
    return `https://127.0.0.1:${this.#port}`;
  }
  get authority(): string {
    return readFileSync(this.authorityFile, 'utf8');
  }

  async listen(): Promise<void> {
    const signer = await (authority ??= makeAuthority('CN=pretended authority', Date.now()));
    writeFileSync(this.authorityFile, signer.certificate);
    const key = makeKey();
    const { certificate } = await certify(signer, createPublicKey(key), {
      names: [{ type: 'ip', value: '127.0.0.1' }],
      usages: ['server'],
      notBefore: new Date(Date.now() - 60_000),
      notAfter: new Date(Date.now() + 86_400_000),
    });
    this.#server = createServer(
      { key, cert: certificate, ca: signer.certificate, requestCert: true, rejectUnauthorized: false },
      (request, response) => {
        void this.#answer(request).then(({ status, body, headers }) => {
          if (status === 0) return request.socket.destroy();
          return response
            .writeHead(status, { 'content-type': 'application/json', ...headers })
            .end(body === undefined ? undefined : JSON.stringify(body));
        });
      },
    );
    this.#server.listen(this.#port, '127.0.0.1');
    await once(this.#server, 'listening');
    const address = this.#server.address();
    this.#port = typeof address === 'object' && address ? address.port : 0;
  }
  /** Nobody answers at its address any more; `listen` brings it back. */
  async goAway(): Promise<void> {
    if (!this.#server?.listening) return;
    this.#server.closeAllConnections();
    this.#server.close();
    await once(this.#server, 'close');
  }
  async close(): Promise<void> {
    await this.goAway();
    rmSync(this.#folder, { recursive: true });
  }

  /** What an agent's process needs to be this platform's. */
  environment(folder: string, ...datacenters: string[]): Record<string, string> {
    return {
      EDGE_DATACENTER: datacenters.join(),
      EDGE_ENROLMENT_CODE: datacenters.join(),
      EDGE_PLATFORM_URL: this.url,
      EDGE_PLATFORM_CA: this.authorityFile,
      EDGE_DATA_DIR: folder,
    };
  }

  async #answer(request: IncomingMessage): Promise<Reply> {
    let text = '';
    for await (const chunk of request) text += String(chunk);
    const { pathname } = new URL(request.url ?? '/', this.url);
    const socket = request.socket as TLSSocket;
    const agent = socket.authorized
      ? socket.getPeerX509Certificate()?.subjectAltName?.replace('URI:urn:rackline:edge:', '')
      : undefined;
    this.asked.push({ path: pathname, agent });
    if (pathname === '/api/v1/edge/enrol') return this.#certify(text, pathname, undefined);
    if (agent === undefined || this.revoked.has(agent))
      return { status: 401, body: { code: 'edge.agent-revoked', detail: 'not known here' } };
    if (pathname === '/api/v1/edge/renew') return this.#certify(text, pathname, agent);
    const known = request.headers['if-none-match'];
    if (pathname === '/api/v1/edge/expected')
      return known === this.etag
        ? { status: 304 }
        : { status: 200, body: { servers: this.servers }, headers: { etag: this.etag } };
    if (pathname === '/api/v1/edge/config')
      return known === this.configurationEtag
        ? { status: 304 }
        : { status: 200, body: this.#configurationFor(agent), headers: { etag: this.configurationEtag } };
    if (pathname === '/api/v1/edge/commands') return { status: 200, body: await this.#commandsWithin(200) };
    if (pathname === '/api/v1/edge/secrets') {
      const { refs } = JSON.parse(text) as { refs: string[] };
      return { status: 200, body: { secrets: refs.map((ref) => ({ ref, credentials: this.safe.get(ref) ?? null })) } };
    }
    const fault = this.fault.shift();
    if (fault !== undefined) return { status: fault, body: { title: 'fault' } };
    const { events } = JSON.parse(text) as { events: EdgeEvent[] };
    this.taken.push(...events);
    this.onTaken(events);
    return { status: 202, body: { accepted: events.length } };
  }

  #configurationFor(agent: string): EdgeConfiguration {
    return {
      datacenter: DatacenterId.parse(agent.split(':')[0]),
      managementPrefixes: ['127.101.0.0/16'],
      pullSeconds: 60,
      release: null,
      ...this.configuration,
    };
  }

  async #certify(text: string, pathname: string, agent: string | undefined): Promise<Reply> {
    const fault = this.enrolmentFaults.shift();
    if (typeof fault === 'number') return { status: fault, body: { code: 'fault' } };
    const { code = '', csr } = JSON.parse(text) as { code?: string; csr: string };
    const key = readRequest(csr);
    // The same key with the same code is the same agent, as on the platform.
    const name = agent ?? `${code.split('#')[0]}:${derivedId('agent', 1_700_000_000_000, keyFingerprint(key))}`;
    if (agent === undefined && (this.#codes.get(code) ?? name) !== name)
      return { status: 403, body: { code: 'edge.code-refused' } };
    if (agent === undefined) this.#codes.set(code, name);
    const now = Date.now();
    const signer = await (authority ??= makeAuthority('CN=pretended authority', now));
    const until = now + this.lifetimeMilliseconds;
    const { certificate } = await certify(signer, key, {
      names: [{ type: 'url', value: `urn:rackline:edge:${name}` }],
      usages: ['client'],
      notBefore: new Date(now - 1000),
      notAfter: new Date(until),
    });
    this.issued.push({ agent: name, certificate, path: pathname });
    const [datacenter, agentId] = name.split(':');
    return fault === 'lost'
      ? { status: 0 }
      : {
          status: 200,
          body: {
            agentId,
            datacenter,
            certificate,
            chain: signer.certificate,
            expiresAt: new Date(until).toISOString(),
          },
        };
  }

  /** Lets a question wait, as the platform does. */
  async #commandsWithin(milliseconds: number): Promise<EdgeCommands> {
    const began = performance.now();
    await until(
      'a command or the end of the wait',
      () => this.commands.length > 0 || performance.now() - began > milliseconds,
    );
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
    const child = spawn(process.execPath, ['edge/main.ts'], {
      env: { PATH: process.env['PATH'], ...environment },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
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
    return existsSync(file)
      ? Math.round(Number(/VmRSS:\s+(\d+)/.exec(readFileSync(file, 'utf8'))?.[1]) / 1000)
      : undefined;
  }
  async end(signal: 'SIGKILL' | 'SIGTERM'): Promise<number | null> {
    const gone = once(this.#child, 'exit');
    this.#child.kill(signal);
    await gone;
    return this.#child.exitCode;
  }
}
