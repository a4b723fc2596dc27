import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { Client } from 'pg';
import { publicUrl, unconfiguredSystems, type Settings } from '../../shared/config.ts';
import { migrate } from '../../shared/db/migrate.ts';
import { company } from '../../test/simulators/kit/company.ts';
import { buildPortal } from './build-portal.ts';
import { Child } from './child.ts';
import { freePorts, startPostgres, type EmbeddedPostgres } from './postgres.ts';
import { seedCompany, seedShelf } from './seed.ts';

export interface PlatformOptions {
  settings: Settings;
  /** Lines of the children's logs, and what the supervisor does. */
  log: (line: string) => void;
  /** False where nobody will look at pages. */
  withPortal?: boolean;
}

/** Rackline on one machine: database, lab, hosts and the lab's edge agents as child processes that are kept alive. */
export class LocalPlatform {
  readonly url: string;
  readonly #options: PlatformOptions;
  readonly #hosts: Child[] = [];
  #lab: Child | undefined;
  #edge: Child | undefined;
  #labSettings: Record<string, string> = {};
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
    return this.#options.settings.OIDC_ISSUER ?? this.#labSettings['OIDC_ISSUER'] ?? '';
  }
  /** Process ids, for whoever wants to see what happens when one is gone. */
  get pids(): { hosts: number[]; lab: number | undefined; edge: number | undefined; database: number | undefined } {
    return { hosts: this.#hosts.flatMap(({ pid }) => (pid === undefined ? [] : [pid])), lab: this.#lab?.pid, edge: this.#edge?.pid, database: this.#postgres?.pid };
  }

  async start(): Promise<void> {
    const { settings, log, withPortal = true } = this.#options;
    mkdirSync(settings.DATA_DIR, { recursive: true });
    const wanted = unconfiguredSystems(settings);
    const needsLab = settings.LAB === 'on' || (settings.LAB === undefined && wanted.length > 0);
    await Promise.all([
      this.#prepareDatabase(),
      needsLab ? this.#startLab() : undefined,
      withPortal ? buildPortal().then((built) => built && log('the portal was built')) : undefined,
    ]);
    if (this.isLab) await seedCompany(this.#databaseUrl);
    for (let number = 1; number <= settings.REPLICAS; number++) this.#hosts.push(this.#host(number));
    await Promise.all([...this.#hosts, ...(this.#edge ? [this.#edge] : [])].map((child) => child.start()));
    if (this.isLab) await seedShelf({ url: this.url, issuer: this.issuer });
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
    const client = new Client({ connectionString: this.#databaseUrl });
    await client.connect();
    try {
      for (const name of await migrate(client, 'infra/db/migrations')) log(`migrated: ${name}`);
    } finally {
      await client.end();
    }
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
    // The agents' addresses stay the same however often lab or agents are started again.
    const EDGE_LISTEN = await consecutiveAddresses(company.datacenters.length);
    let edgeSettings: Record<string, string> = {};
    this.#lab = new Child({
      name: 'lab', script: 'test/simulators/main.ts', log: (line) => log(`lab: ${line}`),
      env: { DATA_DIR: settings.DATA_DIR, LAB_PORT: String(settings.LAB_PORT), LAB_SPEED: String(settings.LAB_SPEED), LAB_AUTOPILOT: settings.LAB_AUTOPILOT, PUBLIC_URL: this.url, PORT: String(settings.PORT), EDGE_LISTEN },
      onReady: (ready) => {
        this.#labSettings = ready['settings'] as Record<string, string>;
        edgeSettings = ready['edge'] as Record<string, string>;
      },
    });
    await this.#lab.start();
    this.#edge = new Child({ name: 'edge agents', script: 'edge/main.ts', log: (line) => log(`edge: ${line}`), env: { ...edgeSettings, EDGE_LISTEN, EDGE_DATA_DIR: path.join(settings.DATA_DIR, 'edge'), LOG_LEVEL: settings.LOG_LEVEL } });
  }

  #host(number: number): Child {
    const { settings, log } = this.#options;
    const configured = Object.fromEntries(Object.entries(process.env).flatMap(([key, value]) => (value?.trim() ? [[key, value]] : [])));
    return new Child({
      name: `platform ${number}`, script: 'runtime/main.ts', log,
      // The lab stands in for what is not configured; a real address always wins.
      env: {
        ...this.#labSettings, ...configured, DATABASE_URL: this.#databaseUrl, PUBLIC_URL: this.url, LAB: this.isLab ? 'on' : 'off', LAB_SPEED: String(settings.LAB_SPEED), KAFKA_BROKERS: 'embedded',
        AzureWebJobsStorage: 'embedded', HOST: settings.HOST, PORT: String(settings.PORT + number - 1), REPLICA: `replica-${number}`, LOG_LEVEL: settings.LOG_LEVEL,
      },
    });
  }
}

async function consecutiveAddresses(count: number): Promise<string> {
  const first = await freePorts(count);
  return Array.from({ length: count }, (_, index) => `127.0.0.1:${first + index}`).join(',');
}

async function createDatabase(serverUrl: string, name: string): Promise<void> {
  const client = new Client({ connectionString: serverUrl });
  await client.connect();
  try {
    const { rowCount } = await client.query('SELECT FROM pg_database WHERE datname = $1', [name]);
    if (rowCount === 0) await client.query(`CREATE DATABASE ${name}`);
  } finally {
    await client.end();
  }
}
