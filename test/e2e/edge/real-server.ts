import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { HostPower } from '../../kit/netns-bmc.ts';
import { startNeighbour, type Neighbour } from '../../kit/netns-lldp.ts';
import { addTap, type Daemon, type Netns } from '../../kit/netns.ts';
import { consoleOf, qemuArguments } from '../../kit/qemu-machine.ts';
import { actualHardware, type PhysicalFault, type ServerHardware } from '../../simulators/bmc/hardware.ts';
import type { NetnsDatacenter } from './datacenter.ts';

export const bmcPort = 8000;

/**
 * A server in a datacenter of namespaces: its BMC asks the DHCP server for an address and answers Redfish there; its
 * host is a machine of QEMU that the BMC starts and stops; at the other end of each network cable a real lldpd speaks.
 */
export class RealServer {
  readonly #datacenter: NetnsDatacenter;
  readonly #firmware: 'bios' | 'uefi';
  readonly #folder: string;
  readonly #hardware: ServerHardware;
  #faults: readonly PhysicalFault[];
  #neighbours: Neighbour[] = [];
  #controller: { netns: Netns; address: string; daemon: Daemon } | undefined;
  #host: Daemon | undefined;
  /** What its BMC wants of its host, one after another. */
  #power: Promise<void> = Promise.resolve();
  #starts = 0;

  constructor(
    datacenter: NetnsDatacenter,
    {
      hardware,
      firmware,
      faults,
    }: { hardware: ServerHardware; firmware: 'bios' | 'uefi'; faults: readonly PhysicalFault[] },
  ) {
    this.#datacenter = datacenter;
    this.#hardware = hardware;
    this.#firmware = firmware;
    this.#faults = faults;
    this.#folder = path.join(datacenter.folder, hardware.serial);
    mkdirSync(this.#folder);
  }

  get serial(): string {
    return this.#hardware.serial;
  }
  /** How often its host has been started. */
  get starts(): number {
    return this.#starts;
  }
  /** What its host has written since it was started last. */
  get console(): string {
    try {
      return readFileSync(consoleOf({ folder: this.#folder }), 'utf8');
    } catch {
      return 'It was never started.';
    }
  }

  /** Every cable, then power: from here on nobody touches it. */
  async plugIn(): Promise<void> {
    const { lan } = this.#datacenter;
    for (const [index, { switchName, switchPort }] of this.#actual.cables.entries()) {
      await addTap(lan, this.#taps[index] ?? '');
      this.#neighbours.push(
        await startNeighbour(lan, this.#datacenter.folder, {
          tap: this.#taps[index] ?? '',
          switchName,
          portName: switchPort,
        }),
      );
    }
    const netns = await this.#datacenter.machine({ mac: this.#hardware.bmcMac });
    const address = await this.#datacenter.askForAddress(netns, 'bmc');
    await netns.run('ip', 'address', 'add', `${address}/24`, 'dev', 'eth0');
    this.#controller = { netns, address, daemon: await this.#startBmc(netns, address) };
  }

  /** As it was meant to be. For a part inside of it, it is taken off its power first. */
  async repair(): Promise<void> {
    const isOpened = this.#faults.some(({ kind }) => kind !== 'wrong-cable');
    this.#faults = [];
    for (const [index, { switchPort }] of this.#actual.cables.entries())
      await this.#neighbours[index]?.becomes(switchPort);
    if (!isOpened || !this.#controller) return;
    await this.#controller.daemon.stop();
    await this.#setPower({ host: 'stop' });
    this.#controller.daemon = await this.#startBmc(this.#controller.netns, this.#controller.address);
  }

  get #actual(): ServerHardware {
    return actualHardware(this.#hardware, this.#faults);
  }
  /** An interface has a name of at most 15 letters. */
  get #taps(): string[] {
    return this.#hardware.networkPorts.map(({ mac }) => `tap${mac.replaceAll(':', '').slice(-8)}`);
  }

  async #startBmc(netns: Netns, address: string): Promise<Daemon> {
    const file = path.join(this.#folder, 'hardware.json');
    writeFileSync(file, JSON.stringify(this.#actual));
    return netns.start(
      process.execPath,
      [path.resolve(import.meta.dirname, '../../kit/netns-bmc.ts'), file, address, String(bmcPort)],
      {
        ready: /plugged in/,
        onLine: (line) => {
          if (line.startsWith('{')) void this.#setPower(JSON.parse(line) as HostPower);
        },
      },
    );
  }

  #setPower(power: HostPower): Promise<void> {
    return (this.#power = this.#power.then(async () => {
      await this.#host?.stop();
      this.#host = undefined;
      // There is no system on its drives: from them it would only say so.
      if (power.host !== 'start' || power.from !== 'network') return;
      this.#starts += 1;
      this.#host = await this.#datacenter.lan.start(
        'qemu-system-x86_64',
        qemuArguments({ hardware: this.#actual, firmware: this.#firmware, folder: this.#folder, taps: this.#taps }),
      );
    }));
  }
}
