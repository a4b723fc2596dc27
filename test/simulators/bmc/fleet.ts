import type { Server } from 'node:http';
import type { Lab } from '../kit/lab.ts';
import type { SimContext, Simulator } from '../kit/simulator.ts';
import { freePort, hasLoopbackNetwork, leasedHost } from './addresses.ts';
import { ail, cure } from './ailments.ts';
import type { PhysicalFault, ServerHardware } from './hardware.ts';
import { jobIn, perform } from './image.ts';
import { note } from './log.ts';
import { machineOf, type BmcDeps, type Machine } from './machine.ts';
import { bmcSimulator } from './simulator.ts';
import { grownUp, type Ailment, type BmcFault, type BmcRecord, type BmcState, type LogEntry } from './state.ts';

export interface FleetOptions extends Omit<BmcDeps, 'network'> {
  /** The DHCP server's reservation for a BMC, if there is one; else the next free address of the prefix is leased. */
  reservedAddress?(request: {
    datacenter: string;
    serial: string;
    mac: string;
  }): string | undefined | Promise<string | undefined>;
  /**
   * Every BMC answers on this port of its own address. The lab's own, unless said otherwise: two labs on one machine
   * never meet.
   */
  port?: number;
  /** Whether each BMC can have an address of 127.0.0.0/8. True wherever the operating system has them. */
  ownAddresses?: boolean;
}

/**
 * The servers of the simulated company and their BMCs, each on an address of its own. Make it first, give its
 * `simulator` to the lab, then `attach` it: servers that were plugged in when the lab was saved answer again.
 */
export class BmcFleet {
  readonly simulator: Simulator<BmcState>;
  readonly #options: FleetOptions;
  readonly #servers = new Map<string, Server>();
  #lab: Lab | undefined;

  constructor(options: FleetOptions = {}) {
    this.#options = options;
    this.simulator = bmcSimulator({
      ...options,
      network: { open: (serial) => this.#open(serial), close: (serial) => this.#close(serial) },
    });
  }

  async attach(lab: Lab): Promise<void> {
    this.#lab = lab;
    const { servers } = this.#context().state;
    for (const [serial, saved] of Object.entries(servers)) servers[serial] = grownUp(saved);
    for (const [serial, record] of Object.entries(servers)) {
      if (record.isPlugged && record.bmc === 'up') await this.#open(serial);
    }
  }

  /**
   * Puts power and the management cable on. Its BMC starts, asks for an address (`onLease`) and answers. Answers where
   * that will be.
   */
  async plugIn(server: ServerHardware): Promise<string> {
    const known = this.record(server.serial);
    const address = known?.address ?? (await this.#addressFor(server));
    if (!known?.isPlugged) await this.simulator.jobs?.['plug-in']?.({ server, address } as never, this.#context());
    return `http://${address.host}:${address.port}`;
  }
  async unplug(serial: string): Promise<void> {
    await this.simulator.jobs?.['unplug']?.({ serial } as never, this.#context());
  }

  record(serial: string): BmcRecord | undefined {
    return this.#context().state.servers[serial];
  }
  setFault(serial: string, fault: BmcFault): void {
    const record = this.#known(serial);
    record.faults = [...record.faults.filter((each) => each.kind !== fault.kind), fault];
  }
  clearFaults(serial: string): void {
    this.#known(serial).faults = [];
  }
  /** What is wrong with the machine itself, from now on. */
  plant(serial: string, ...faults: PhysicalFault[]): void {
    this.#known(serial).physicalFaults = faults;
  }
  /** Something fails in the machine while it runs: sensors, log and events tell. */
  ail(serial: string, ailment: Ailment): void {
    ail(this.#machine(serial), ailment);
  }
  /** Everything is mended. */
  cure(serial: string): void {
    cure(this.#machine(serial));
  }
  /** Whether its host has booted the validation image. */
  runsImage(serial: string): boolean {
    const record = this.record(serial);
    return record?.isPlugged === true && record.host.stage === 'validation';
  }
  /** What its image posts at the end of a job, at once. */
  perform(serial: string, jobText: string): string {
    const job = jobIn(jobText);
    if (!job) throw new Error(`This is no job: ${jobText}`);
    return perform(this.#machine(serial), job);
  }
  /** Something stands in its log, and whoever listens is told. */
  note(serial: string, severity: LogEntry['severity'], message: string): void {
    note(this.#machine(serial), severity, message);
  }
  /** A tenant puts an operating system on all drives. */
  installSystem(serial: string): void {
    const record = this.#known(serial);
    for (const drive of Object.values(record.drives))
      Object.assign(drive, { holdsData: true, writes: drive.writes + 1 });
  }

  #attached(): Lab {
    if (!this.#lab) throw new Error('Attach the fleet to the lab first.');
    return this.#lab;
  }
  #context(): SimContext<BmcState> {
    return this.#attached().context<BmcState>(this.simulator.name);
  }
  #machine(serial: string): Machine {
    const machine = machineOf(serial, this.#context(), this.#options);
    if (!machine) throw new Error(`No server ${serial} has ever been plugged in.`);
    return machine;
  }
  #known(serial: string): BmcRecord {
    const record = this.record(serial);
    if (!record) throw new Error(`No server ${serial} has ever been plugged in.`);
    return record;
  }

  async #addressFor(server: ServerHardware): Promise<{ host: string; port: number }> {
    const { state, company } = this.#context();
    // Where 127.0.0.1 is the only loopback address, each BMC gets a port of it.
    if (!(this.#options.ownAddresses ?? hasLoopbackNetwork)) return { host: '127.0.0.1', port: await freePort() };
    const reserved = await this.#options.reservedAddress?.({
      datacenter: server.datacenter,
      serial: server.serial,
      mac: server.bmcMac,
    });
    const prefix = company.datacenters.find((each) => each.id === server.datacenter)?.managementPrefixes[0];
    if (!prefix) throw new Error(`There is no datacenter '${server.datacenter}'.`);
    const number = (state.nextHost[server.datacenter] ?? 0) + 1;
    state.nextHost[server.datacenter] = number;
    return {
      host: reserved ?? leasedHost(prefix, number),
      port: this.#options.port ?? Number(new URL(this.#attached().url).port),
    };
  }

  async #open(serial: string): Promise<void> {
    const address = this.record(serial)?.address;
    if (!address || !this.#lab || this.#servers.has(serial)) return;
    try {
      this.#servers.set(
        serial,
        await this.#lab.listenFor(this.simulator.name, address.host, address.port, `/${encodeURIComponent(serial)}`),
      );
    } catch (cause) {
      throw new Error(
        `The BMC of ${serial} cannot answer at ${address.host}:${address.port}. Is another lab running? ` +
          `Stop it, or give this one's fleet another port.`,
        { cause },
      );
    }
  }
  /** What is being answered may end; after that connections break and new ones are refused. */
  async #close(serial: string): Promise<void> {
    const server = this.#servers.get(serial);
    this.#servers.delete(serial);
    server?.close();
    setTimeout(() => server?.closeAllConnections(), 20).unref();
  }
}
