import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer, request as ask } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import os from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { describe } from '@jest/globals';
import { until } from '../../../kit/until.ts';
import { freePort } from '../../../simulators/bmc/addresses.ts';
import { BmcFleet } from '../../../simulators/bmc/fleet.ts';
import type { ProfileName, ServerHardware } from '../../../simulators/bmc/hardware.ts';
import { aServer } from '../../../simulators/bmc/stand.ts';
import { Lab } from '../../../simulators/kit/lab.ts';

/** Debian's own Python: what its packages install is not seen by others that may come first in the path. */
const python = '/usr/bin/python3';

/**
 * A group of tests with other people's clients; skipped, with the reason and the remedy in its name, where they are
 * missing.
 */
export function describeWithPython(name: string, needs: Readonly<Record<string, string>>, tests: () => void): void {
  const missing = Object.entries({ ...needs }).filter(
    ([module]) => spawnSync(python, ['-c', `import ${module}`]).status !== 0,
  );
  const packages = [...new Set(missing.map(([, debianPackage]) => debianPackage))].join(' ');
  if (missing.length === 0) describe(name, tests);
  else {
    const modules = missing.map(([module]) => module).join(', ');
    describe.skip(`${name} (skipped: needs ${modules} for ${python}: apt-get install -y ${packages})`, tests);
  }
}

/** Simulated BMCs in real time, a thousand times as fast as real ones. */
export interface Company {
  fleet: BmcFleet;
  /** Plugs one in, of that make and with nothing special, and waits until it answers. */
  plugIn(
    profile: ProfileName,
    different?: Partial<ServerHardware>,
  ): Promise<{ server: ServerHardware; address: string }>;
  close(): Promise<void>;
}

export async function aCompany(): Promise<Company> {
  const leased = new Set<string>();
  const fleet = new BmcFleet({ port: await freePort(), onLease: ({ serial }) => void leased.add(serial) });
  const lab = new Lab({ simulators: [fleet.simulator as never], speed: 1000 });
  await fleet.attach(lab);
  return {
    fleet,
    plugIn: async (profile, different) => {
      const server = aServer(profile, different);
      const address = await fleet.plugIn(server);
      await until(`${server.serial} answers`, () => leased.has(server.serial));
      return { server, address };
    },
    close: () => lab.close(),
  };
}

export interface TlsFront {
  /** `127.0.0.1:port`, without a scheme, as those who take https for granted want it. */
  host: string;
  close(): Promise<void>;
}

/** The same system over TLS, with a certificate of its own making, as BMCs have one. */
export async function tlsFront(address: string): Promise<TlsFront> {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'rackline-tls-'));
  const [key, cert] = [path.join(folder, 'key.pem'), path.join(folder, 'cert.pem')];
  const made = spawnSync(
    'openssl',
    [
      'req',
      '-x509',
      '-newkey',
      'ec',
      '-pkeyopt',
      'ec_paramgen_curve:prime256v1',
      '-nodes',
      '-keyout',
      key,
      '-out',
      cert,
      '-days',
      '2',
      '-subj',
      '/CN=bmc',
    ],
    { encoding: 'utf8' },
  );
  if (made.status !== 0) throw new Error(`openssl made no certificate: ${made.stderr}`);
  const behind = new URL(address);
  const server = createTlsServer({ key: readFileSync(key), cert: readFileSync(cert) }, (incoming, outgoing) => {
    const onward = ask(
      {
        host: behind.hostname,
        port: behind.port,
        method: incoming.method,
        path: incoming.url,
        headers: incoming.headers,
      },
      (answer) => {
        outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
        answer.pipe(outgoing);
      },
    );
    onward.on('error', () => outgoing.destroy());
    incoming.pipe(onward);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  rmSync(folder, { recursive: true });
  const bound = server.address();
  return {
    host: `127.0.0.1:${typeof bound === 'object' && bound ? bound.port : 0}`,
    close: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

/** Where events can be posted to: takes them all. */
export async function aReceiver(): Promise<{ url: string; posted: unknown[]; close(): void }> {
  const posted: unknown[] = [];
  const server = createServer((request, response) => {
    let text = '';
    request
      .on('data', (chunk: Buffer) => (text += chunk.toString()))
      .on('end', () => {
        posted.push(JSON.parse(text));
        response.writeHead(204).end();
      });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const bound = server.address();
  return {
    url: `http://127.0.0.1:${typeof bound === 'object' && bound ? bound.port : 0}/events`,
    posted,
    close: () => void server.close(),
  };
}

/** One Python process that answers a line with a line. */
export class Script {
  readonly #child;
  readonly #lines: AsyncIterator<string>;
  #complaints = '';

  constructor(file: string, ...args: string[]) {
    this.#child = spawn(python, [path.join(import.meta.dirname, file), ...args], { stdio: ['pipe', 'pipe', 'pipe'] });
    this.#child.stderr.on(
      'data',
      (chunk: Buffer) => (this.#complaints = (this.#complaints + chunk.toString()).slice(-4000)),
    );
    this.#lines = createInterface({ input: this.#child.stdout })[Symbol.asyncIterator]();
  }
  async ask(question: object): Promise<unknown> {
    this.#child.stdin.write(`${JSON.stringify(question)}\n`);
    return JSON.parse(await this.line());
  }
  async line(): Promise<string> {
    const { value, done } = await this.#lines.next();
    if (done) throw new Error(`the script ended: ${this.#complaints}`);
    return value;
  }
  async close(): Promise<void> {
    this.#child.stdin.end();
    if (this.#child.exitCode === null && this.#child.signalCode === null) await once(this.#child, 'exit');
  }
}
