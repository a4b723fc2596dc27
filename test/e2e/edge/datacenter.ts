import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { z } from 'zod';
import { EdgeEvent, type ExpectedServer } from '../../../shared/domain/edge/edge.api.ts';
import type { ImageJob } from '../../../shared/facts/image-job.ts';
import { isoTime } from '../../../shared/kernel/clock.ts';
import { days } from '../../../shared/kernel/durations.ts';
import { DatacenterId } from '../../../shared/kernel/ids.ts';
import { createNetns, createSwitch, plugIn, type Daemon, type Netns } from '../../kit/netns.ts';
import { until } from '../../kit/until.ts';

export const datacenterId = 'dc-nyc-01';
export const agentAddress = '10.99.0.1';
const agentPort = 7090;

export const aServer = (id: string, more: Partial<ExpectedServer>): ExpectedServer => ({
  id,
  datacenter: DatacenterId.parse(datacenterId),
  state: 'CABLED',
  serial: id.toUpperCase(),
  bmcMac: null,
  macs: [],
  version: 1,
  bmcAddress: null,
  bmcSecretRef: null,
  jobs: [],
  ...more,
});

/**
 * A datacenter in namespaces of its own: a switch, and the machine at 10.99.0.1 on which the agent runs, beside a
 * platform it calls.
 */
export class NetnsDatacenter {
  readonly folder = mkdtempSync(path.join(tmpdir(), 'rackline-datacenter-'));
  readonly #machines: Netns[] = [];
  #platform: Daemon | undefined;
  /** As the platform's list has them. */
  #servers: readonly ExpectedServer[] = [];
  #agent: Daemon | undefined;
  /** The agent's settings for this platform, and further ones. */
  #identity: Record<string, string> = {};
  #environment: Record<string, string> = {};

  readonly lan: Netns;
  readonly edge: Netns;

  private constructor(lan: Netns, edge: Netns) {
    this.lan = lan;
    this.edge = edge;
    this.#machines.push(lan, edge);
  }

  /** Without a platform: one is somewhere else. */
  static async build(): Promise<NetnsDatacenter> {
    const datacenter = new NetnsDatacenter(await createSwitch(), await createNetns());
    chmodSync(datacenter.folder, 0o755); // daemons give up root and must still reach their files
    mkdirSync(path.join(datacenter.folder, 'spool'));
    await plugIn(datacenter.lan, datacenter.edge, { address: `${agentAddress}/24` });
    return datacenter;
  }

  static async create(servers: readonly ExpectedServer[]): Promise<NetnsDatacenter> {
    const datacenter = await NetnsDatacenter.build();
    datacenter.#write(servers);
    const program = path.resolve(import.meta.dirname, '../../kit/netns-platform.ts');
    datacenter.#platform = await datacenter.edge.start(
      process.execPath,
      [program, datacenter.#serversFile, path.join(datacenter.folder, 'agent'), datacenterId, '10.99.0.0/24'],
      { ready: /environment .*\n/ },
    );
    datacenter.#identity = z
      .record(z.string(), z.string())
      .parse(JSON.parse(/environment (.*)\n/.exec(datacenter.#platform.output())?.[1] ?? ''));
    return datacenter;
  }

  get spool(): string {
    return path.join(this.folder, 'spool');
  }

  /** Another machine on the switch. */
  async machine(plug: { address?: string; mac?: string } = {}): Promise<Netns> {
    const machine = await createNetns();
    this.#machines.push(machine);
    await plugIn(this.lan, machine, plug);
    return machine;
  }

  /** Starts the agent as it is started anywhere: its environment is its only input. */
  async startAgent(environment: Record<string, string> = this.#environment): Promise<void> {
    this.#environment = environment;
    this.#agent = await this.edge.start(
      process.execPath,
      [path.resolve(import.meta.dirname, '../../../edge/main.ts')],
      {
        ready: /"ready":true/,
        env: { ...this.#identity, EDGE_LISTEN: `127.0.0.1:${agentPort}`, LOG_LEVEL: 'info', ...environment },
      },
    );
  }
  /** As the kernel does when memory is short: nothing of it runs any more. */
  async killAgent(): Promise<void> {
    const pid = this.#agent?.pid ?? 0;
    process.kill(pid, 'SIGKILL');
    await until('the agent to be gone', () => {
      try {
        process.kill(pid, 0);
        return false;
      } catch {
        return true;
      }
    });
  }

  /**
   * Asks a client for an address, as a machine that starts, and answers it. dhclient's own script would change this
   * machine's resolv.conf.
   */
  async askForAddress(client: Netns, hostname: string): Promise<string> {
    const file = (name: string) => path.join(this.folder, `${client.name}.${name}`);
    writeFileSync(file('conf'), `send host-name "${hostname}";\nsend vendor-class-identifier "iDRAC";\n`);
    await client.run(
      'dhclient',
      '-4',
      '-1',
      '-v',
      '-cf',
      file('conf'),
      '-lf',
      file('leases'),
      '-pf',
      file('pid'),
      '-sf',
      '/bin/true',
      'eth0',
    );
    return /fixed-address ([\d.]+);/.exec(readFileSync(file('leases'), 'utf8'))?.[1] ?? '';
  }
  /** The same through a relay at 10.99.0.3, which says on which switch port the client is. */
  async askThroughRelay(relay: Netns, circuit: string, mac: string): Promise<void> {
    await relay.run(
      process.execPath,
      path.resolve(import.meta.dirname, '../../kit/netns-relay.ts'),
      agentAddress,
      '10.99.0.3',
      circuit,
      mac,
    );
  }

  /** What the platform wants of a server's image from now on. */
  request(serverId: string, job: ImageJob): void {
    this.#write(
      this.#servers.map((server) =>
        server.id === serverId ? { ...server, jobs: [{ job, expiresAt: isoTime(Date.now() + days(1)) }] } : server,
      ),
    );
    process.kill(this.#platform?.pid ?? 0, 'SIGHUP');
  }

  get #serversFile(): string {
    return path.join(this.folder, 'servers.json');
  }
  #write(servers: readonly ExpectedServer[]): void {
    this.#servers = servers;
    writeFileSync(this.#serversFile, JSON.stringify({ servers }));
  }

  /** What the platform has taken of one kind. */
  reported<Kind extends EdgeEvent['kind']>(kind: Kind): Extract<EdgeEvent, { kind: Kind }>[] {
    const lines =
      this.#platform
        ?.output()
        .split('\n')
        .slice(0, -1)
        .filter((line) => line.startsWith('{')) ?? [];
    return lines
      .map((line) => EdgeEvent.parse(JSON.parse(line)))
      .filter((event): event is Extract<EdgeEvent, { kind: Kind }> => event.kind === kind);
  }
  /** Waits for one that fits. What the agent has logged is said when it does not come. */
  async hear<Kind extends EdgeEvent['kind']>(
    kind: Kind,
    fits: (event: Extract<EdgeEvent, { kind: Kind }>) => boolean = () => true,
  ): Promise<Extract<EdgeEvent, { kind: Kind }>> {
    await until(`the platform to hear of ${kind}`, () => this.reported(kind).some(fits)).catch((error: unknown) => {
      throw new Error(`${String(error)} The agent says:\n${this.agentSays}`);
    });
    const [found] = this.reported(kind).filter(fits);
    if (!found) throw new Error('It was there a moment ago.');
    return found;
  }
  /** The last of what it has logged. */
  get agentSays(): string {
    return this.#agent?.output().slice(-3000) ?? '';
  }
  async health(): Promise<Record<string, unknown>> {
    return JSON.parse(
      await this.edge.run('busybox', 'wget', '-q', '-O', '-', `http://127.0.0.1:${agentPort}/healthz`),
    ) as Record<string, unknown>;
  }

  async dispose(): Promise<void> {
    for (const machine of this.#machines.toReversed()) await machine.dispose();
    rmSync(this.folder, { recursive: true, force: true });
  }
}
