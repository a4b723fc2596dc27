import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { onOwnConnection } from '../../shared/kernel/database/connections.ts';
import { migrateDatabase } from '../../shared/kernel/database/migrate.ts';
import { BadSettings } from '../../shared/kernel/setting-values.ts';
import { missingForPlatform, publicUrl, unconfiguredSystems, type Settings } from '../../shared/wiring/settings.ts';
import { apart } from './apart.ts';
import { buildPortal } from './build-portal.ts';
import { Child, frugalFlags, nodeFlags } from './child.ts';
import type { Tls, TlsFiles } from './edge-agents.ts';
import { company, labScript } from './lab.ts';
import { freePorts, startPostgres, type EmbeddedPostgres } from './postgres.ts';

export interface PlatformOptions {
  settings: Settings;
  /** Lines of the children's logs, and what the supervisor does. */
  log: (line: string) => void;
  /** False where nobody will look at pages. */
  withPortal?: boolean;
  /**
   * Datacenters whose machines and agent somebody else brings: the lab's people receive and rack there, and touch no
   * machine.
   */
  elsewhere?: readonly string[];
}

/** Rackline on one machine: database, lab, hosts and the lab's edge agents as child processes that are kept alive. */
export class LocalPlatform {
  readonly url: string;
  readonly #options: PlatformOptions;
  readonly #hosts: Child[] = [];
  #lab: Child | undefined;
  #edge: Child | undefined;
  #labSettings: Record<string, string> = {};
  /** Where the lab's agents listen: the same however often lab or agents are started again. */
  #edgeListen: Record<string, string> = {};
  /** The folder of the image that they hand out. */
  #labImage = '';
  #tls: (Tls & { firstPort: number }) | undefined;
  #postgres: EmbeddedPostgres | undefined;
  #databaseUrl: string;
  #stopping = false;

  constructor(options: PlatformOptions) {
    this.#options = options;
    this.url = publicUrl(options.settings);
    this.#databaseUrl = options.settings.DATABASE_URL ?? '';
  }

  get databaseUrl(): string {
    return this.#databaseUrl;
  }
  get isLab(): boolean {
    return this.#lab !== undefined;
  }
  get labUrl(): string {
    return `http://127.0.0.1:${this.#options.settings.LAB_PORT}`;
  }
  get issuer(): string {
    return this.#options.settings.systems.get('oidc')?.address ?? this.#labSettings['OIDC_ISSUER'] ?? '';
  }
  /** Process ids, for whoever wants to see what happens when one is gone. */
  get pids(): { hosts: number[]; lab: number | undefined; edge: number | undefined; database: number | undefined } {
    return {
      hosts: this.#hosts.flatMap(({ pid }) => (pid === undefined ? [] : [pid])),
      lab: this.#lab?.pid,
      edge: this.#edge?.pid,
      database: this.#postgres?.pid,
    };
  }

  /** Where the lab's edge agents say how they are. */
  get agentUrls(): string[] {
    return (this.#edgeListen['EDGE_LISTEN'] ?? '')
      .split(',')
      .flatMap((address, index) => (address === '' || !this.#isOurs(index) ? [] : [`http://${address}`]));
  }

  async start(): Promise<void> {
    const { settings, log, withPortal = true } = this.#options;
    mkdirSync(settings.DATA_DIR, { recursive: true });
    const isReal = unconfiguredSystems(settings).every(({ isOptional }) => isOptional);
    const needsLab = settings.LAB === 'on' || (settings.LAB === undefined && !isReal);
    if (!needsLab) {
      const missing = missingForPlatform({ ...settings, DATABASE_URL: 'embedded' });
      if (missing.length > 0)
        throw new BadSettings(`Without the lab these settings are needed too: ${missing.join(', ')}.`);
    }
    await Promise.all([
      this.#prepareDatabase(),
      needsLab ? this.#startLab() : undefined,
      withPortal ? buildPortal().then((built) => built && log('the portal was built')) : undefined,
    ]);
    if (this.isLab) await Promise.all([apart('./seed.ts', 'seedCompany', this.#databaseUrl), this.#prepareTls()]);
    for (let number = 1; number <= settings.REPLICAS; number++) this.#hosts.push(this.#host(number));
    await Promise.all(this.#hosts.map((host) => host.start()));
    if (this.isLab)
      await Promise.all([apart('./seed.ts', 'seedShelf', { url: this.url, issuer: this.issuer }), this.#startEdge()]);
  }

  /** Everything it started ends, last started first; nothing that was written is lost. */
  async stop(): Promise<void> {
    this.#stopping = true;
    await Promise.all([...this.#hosts, ...(this.#edge ? [this.#edge] : [])].map((child) => child.stop()));
    await this.#lab?.stop();
    await this.#postgres?.stop();
  }

  async #prepareDatabase(): Promise<void> {
    const { settings, log } = this.#options;
    if (settings.DATABASE_URL === undefined) {
      this.#postgres = await startPostgres({ dataDir: path.resolve(settings.DATA_DIR) });
      this.#databaseUrl = this.#postgres.urlOf('rackline');
      await createDatabase(this.#postgres.url, 'rackline');
      void this.#keepDatabase();
    }
    for (const name of await migrateDatabase(this.#databaseUrl, 'infra/db/migrations')) log(`migrated: ${name}`);
  }

  /** A database that died is started again on its port: the hosts find it by themselves. */
  async #keepDatabase(): Promise<void> {
    while (this.#postgres) {
      const { port, exited } = this.#postgres;
      await exited;
      if (this.#stopping) return;
      this.#options.log('the database ended; starting it again');
      this.#postgres = await startPostgres({ dataDir: path.resolve(this.#options.settings.DATA_DIR), port });
    }
  }

  async #startLab(): Promise<void> {
    const { settings, log } = this.#options;
    const names = ['EDGE_LISTEN', 'EDGE_BOOT_LISTEN', 'EDGE_BMC_EVENTS_LISTEN'];
    const many = company.datacenters.length;
    const addresses = await consecutiveAddresses(names.length * many);
    this.#edgeListen = Object.fromEntries(
      names.map((name, index) => [name, addresses.slice(index * many, (index + 1) * many).join()]),
    );
    this.#lab = new Child({
      name: 'lab',
      script: labScript,
      flags: frugalFlags,
      log: (line) => log(`lab: ${line}`),
      env: {
        DATA_DIR: settings.DATA_DIR,
        LAB_PORT: String(settings.LAB_PORT),
        LAB_SPEED: String(settings.LAB_SPEED),
        LAB_AUTOPILOT: settings.LAB_AUTOPILOT,
        PUBLIC_URL: this.url,
        PORT: String(settings.PORT),
        ...this.#edgeListen,
        LAB_ELSEWHERE: this.#elsewhere.join(),
      },
      onReady: (ready) => {
        this.#labSettings = this.#forUnconfigured(ready['settings'] as Record<string, string>);
        this.#labImage = String(ready['image']);
      },
    });
    await this.#lab.start();
  }

  /**
   * Agents come over TLS: the hosts get a certificate from the lab's Vault, and know who vouches for agents, the lab's
   * Vault or yours.
   */
  async #prepareTls(): Promise<void> {
    const { settings } = this.#options;
    const tls = await apart('./edge-agents.ts', 'prepareTls', path.join(settings.DATA_DIR, 'tls'), {
      labUrl: this.labUrl,
      host: this.#reachedAt,
      environment: this.#environment,
    });
    this.#tls = { firstPort: await freePorts(settings.REPLICAS), ...tls };
  }

  /** They all talk to the first host: while it is started again their events wait on their disks for that second. */
  async #startEdge(): Promise<void> {
    const { settings, log } = this.#options;
    if (!this.#tls || this.#stopping) return;
    const folder = path.join(settings.DATA_DIR, 'edge');
    const datacenters = company.datacenters.map(({ id }) => id).filter((_id, index) => this.#isOurs(index));
    const codes = await apart('./edge-agents.ts', 'codesFor', datacenters, {
      folder,
      url: this.url,
      issuer: this.issuer,
      agentAuthority: this.#tls.agentAuthority,
    });
    const listen = Object.fromEntries(
      Object.entries(this.#edgeListen).map(([name, addresses]) => [
        name,
        addresses
          .split(',')
          .filter((_address, index) => this.#isOurs(index))
          .join(),
      ]),
    );
    const [agentUrl] = this.agentUrls; // all agents are in one process
    this.#edge = new Child({
      name: 'edge agents',
      script: 'edge/main.ts',
      flags: frugalFlags,
      log: (line) => log(`edge: ${line}`),
      ...(agentUrl !== undefined && { health: `${agentUrl}/healthz` }),
      env: {
        EDGE_DATACENTER: datacenters.join(),
        EDGE_ENROLMENT_CODE: codes.some((code) => code !== '') ? codes.join() : '',
        ...listen,
        ...this.#forAgents(this.#tls),
        EDGE_DATA_DIR: folder,
        LOG_LEVEL: settings.LOG_LEVEL,
        EDGE_BMC_URL: 'http://{address}:{port}',
        EDGE_BOOT_IMAGE: this.#labImage,
      },
    });
    await this.#edge.start();
  }

  /** What an agent of one of the datacenters elsewhere needs, once, to become this platform's. */
  async agentEnvironment(datacenter: string): Promise<Record<string, string>> {
    if (!this.#tls) throw new Error('There are no agents where there is no lab.');
    const [code = ''] = await apart('./edge-agents.ts', 'codesFor', [datacenter], {
      folder: path.join(this.#options.settings.DATA_DIR, 'elsewhere'),
      url: this.url,
      issuer: this.issuer,
      agentAuthority: this.#tls.agentAuthority,
    });
    return { EDGE_DATACENTER: datacenter, EDGE_ENROLMENT_CODE: code, ...this.#forAgents(this.#tls) };
  }
  #forAgents({ firstPort, files }: { firstPort: number; files: TlsFiles }): Record<string, string> {
    return { EDGE_PLATFORM_URL: `https://${urlHost(this.#reachedAt)}:${firstPort}`, EDGE_PLATFORM_CA: files.serverCa };
  }
  get #elsewhere(): readonly string[] {
    return this.#options.elsewhere ?? [];
  }
  /** Whether the lab brings the agent of the company's datacenter of this number. */
  #isOurs(index: number): boolean {
    return !this.#elsewhere.includes(company.datacenters[index]?.id ?? '');
  }

  /** What is configured, and the lab's settings for the rest. */
  get #environment(): Record<string, string> {
    return { ...this.#labSettings, ...configured() };
  }
  /** A system is the lab's or yours, never a mixture of both. */
  #forUnconfigured(labSettings: Record<string, string>): Record<string, string> {
    const standsIn = new Set(
      unconfiguredSystems(this.#options.settings).flatMap(({ described }) => described.map(({ name }) => name)),
    );
    return Object.fromEntries(Object.entries(labSettings).filter(([name]) => standsIn.has(name)));
  }

  /** Where hosts are reached on this machine: a wildcard is no address. */
  get #reachedAt(): string {
    const { HOST } = this.#options.settings;
    return HOST === '0.0.0.0' || HOST === '::' ? '127.0.0.1' : HOST;
  }

  /** With agents of the lab's, its own; else what is configured, one port after another. */
  #tlsSettings(number: number): Record<string, string> {
    const port = configured()['TLS_PORT'];
    if (this.#tls)
      return {
        TLS_PORT: String(this.#tls.firstPort + number - 1),
        TLS_CERT: this.#tls.files.cert,
        TLS_KEY: this.#tls.files.key,
        TLS_CLIENT_CA: this.#tls.files.clientCa,
      };
    return port === undefined ? {} : { TLS_PORT: String(Number(port) + number - 1) };
  }

  #host(number: number): Child {
    const { settings, log } = this.#options;
    return new Child({
      name: `platform ${number}`,
      script: 'runtime/main.ts',
      flags: nodeFlags,
      log,
      health: `http://${urlHost(this.#reachedAt)}:${settings.PORT + number - 1}/healthz`,
      env: {
        ...this.#environment,
        ...this.#tlsSettings(number),
        DATABASE_URL: this.#databaseUrl,
        PUBLIC_URL: this.url,
        LAB: this.isLab ? 'on' : 'off',
        LAB_SPEED: String(settings.LAB_SPEED),
        KAFKA_BROKERS: 'embedded',
        AzureWebJobsStorage: 'embedded',
        HOST: settings.HOST,
        PORT: String(settings.PORT + number - 1),
        REPLICA: `replica-${number}`,
        LOG_LEVEL: settings.LOG_LEVEL,
      },
    });
  }
}

/** What the environment sets; empty is not set. */
const configured = (): Record<string, string> =>
  Object.fromEntries(Object.entries(process.env).flatMap(([key, value]) => (value?.trim() ? [[key, value]] : [])));

const urlHost = (host: string): string => (host.includes(':') ? `[${host}]` : host);

async function consecutiveAddresses(count: number): Promise<string[]> {
  const first = await freePorts(count);
  return Array.from({ length: count }, (_, index) => `127.0.0.1:${first + index}`);
}

const createDatabase = (serverUrl: string, name: string): Promise<void> =>
  onOwnConnection(
    { url: serverUrl, name: 'rackline-setup', limits: { connectMilliseconds: 10_000, answerMilliseconds: 60_000 } },
    async (client) => {
      const { rowCount } = await client.query('SELECT FROM pg_database WHERE datname = $1', [name]);
      if (rowCount === 0) await client.query(`CREATE DATABASE ${name}`);
    },
  );
