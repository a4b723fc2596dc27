import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';
import { until } from './until.ts';

const execute = promisify(execFile);
export interface Daemon {
  readonly pid: number;
  /** Everything it wrote, both streams. */
  output(): string;
  /** Asks it to end, then ends it. */
  stop(): Promise<void>;
}

export interface Netns {
  readonly name: string;
  /** Runs a command to its end; throws what it wrote where it fails. */
  run(command: string, ...args: string[]): Promise<string>;
  /** Starts what keeps running, and waits until its output has `ready`. */
  start(
    command: string,
    args: readonly string[],
    options?: {
      ready?: RegExp;
      env?: Record<string, string>;
      onLine?: (line: string) => void;
    },
  ): Promise<Daemon>;
  /** Ends what was started in it, then takes it away. */
  dispose(): Promise<void>;
}

let count = 0;

/** A network namespace with nothing in it but its own loopback. */
export async function createNetns(): Promise<Netns> {
  count += 1;
  const name = `rackline-${process.pid}-${count}`;
  const daemons: Daemon[] = [];
  await execute('ip', ['netns', 'add', name]);
  const run = async (command: string, ...args: string[]) =>
    (await execute('ip', ['netns', 'exec', name, command, ...args], { maxBuffer: 1 << 24 })).stdout;
  await run('ip', 'link', 'set', 'lo', 'up');
  return {
    name,
    run,
    start: async (command, args, { ready, env = {}, onLine } = {}) => {
      // `ip netns exec` becomes the command, so that the child's id is the daemon's.
      const daemon = follow(
        spawn('ip', ['netns', 'exec', name, command, ...args], {
          env: { ...process.env, ...env },
          stdio: ['ignore', 'pipe', 'pipe'],
        }),
        onLine,
      );
      daemons.push(daemon);
      if (ready) {
        await until(`${command} to say ${ready}`, () => {
          if (daemon.hasEnded() && !ready.test(daemon.output()))
            throw new Error(`${command} ended: ${daemon.output()}`);
          return ready.test(daemon.output());
        }).catch((error: unknown) => {
          throw new Error(`${String(error)}\n${daemon.output()}`);
        });
      }
      return daemon;
    },
    dispose: async () => {
      for (const daemon of daemons.toReversed()) await daemon.stop();
      // What a daemon left behind in our namespace (a client that went into the background).
      const { stdout } = await execute('ip', ['netns', 'pids', name]);
      for (const pid of stdout.split('\n').filter(Boolean)) killQuietly(Number(pid), 'SIGKILL');
      await execute('ip', ['netns', 'delete', name]);
    },
  };
}

/** A switch: a namespace with a bridge that forwards at once. */
export async function createSwitch(): Promise<Netns> {
  const lan = await createNetns();
  await lan.run('ip', 'link', 'add', 'br0', 'type', 'bridge', 'stp_state', '0', 'forward_delay', '0');
  await lan.run('ip', 'link', 'set', 'br0', 'up');
  return lan;
}

/**
 * Plugs a namespace into a switch, as interface `eth0`. `address` with its prefix length, where it has one of its own.
 */
export async function plugIn(
  lan: Netns,
  machine: Netns,
  { address, mac }: { address?: string; mac?: string } = {},
): Promise<void> {
  count += 1;
  const port = `port${count}`;
  await lan.run(
    'ip',
    'link',
    'add',
    port,
    'type',
    'veth',
    'peer',
    'name',
    'eth0',
    ...(mac ? ['address', mac] : []),
    'netns',
    machine.name,
  );
  await lan.run('ip', 'link', 'set', port, 'master', 'br0', 'up');
  if (address) await machine.run('ip', 'address', 'add', address, 'dev', 'eth0');
  await machine.run('ip', 'link', 'set', 'eth0', 'up');
}

/** A port of the switch that a virtual machine of QEMU can be plugged into. */
export async function addTap(lan: Netns, name: string): Promise<void> {
  await lan.run('ip', 'tuntap', 'add', name, 'mode', 'tap');
  await lan.run('ip', 'link', 'set', name, 'master', 'br0', 'up');
}

function follow(child: ChildProcess, onLine?: (line: string) => void): Daemon & { hasEnded(): boolean } {
  let output = '';
  for (const stream of [child.stdout, child.stderr])
    stream?.on('data', (chunk: Buffer) => {
      output += chunk.toString('latin1');
    });
  if (onLine && child.stdout) createInterface({ input: child.stdout }).on('line', onLine);
  const hasEnded = () => child.exitCode !== null || child.signalCode !== null;
  child.on('error', (error) => {
    output += String(error);
  });
  if (child.pid === undefined) throw new Error(`${child.spawnfile} did not start`);
  const { pid } = child;
  return {
    pid,
    output: () => output,
    hasEnded,
    stop: async () => {
      if (hasEnded()) return;
      const ended = new Promise((resolve) => {
        child.once('exit', resolve);
      });
      child.kill('SIGTERM');
      const impatience = setTimeout(() => child.kill('SIGKILL'), 30_000);
      await ended;
      clearTimeout(impatience);
    },
  };
}

function killQuietly(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch {
    // it ended meanwhile
  }
}
