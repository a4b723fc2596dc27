// A fleet of simulated BMCs, from the side of who looks at it.
import { spawn } from 'node:child_process';
import path from 'node:path';
import { createInterface } from 'node:readline';
import type { BmcTarget } from '../../../shared/ports/bmc.ts';
import { SecretRef, type Credentials } from '../../../shared/ports/secrets.ts';
import type { Closing } from '../kit/closing.ts';
import { costOf, type Cost } from '../kit/processes.ts';
import type { FleetSays, SessionsSaid } from './fleet.ts';

export interface Fleet {
  targets: BmcTarget[];
  /** Whether it is well, slow or dead, by serial number. */
  kindOf: ReadonlyMap<string, FleetSays['controllers'][number]['kind']>;
  /** Opens all of them. */
  secrets: { read(ref: SecretRef): Promise<Credentials | undefined> };
  ask(): Promise<SessionsSaid>;
  cost(): Cost;
  stop(): void;
}

/** Starts a fleet in a process of its own; `slow` and `dead` are shares of it. */
export async function startFleet(closing: Closing, count: number, { slow = 0, dead = 0 } = {}): Promise<Fleet> {
  const child = spawn(
    process.execPath,
    [path.join(import.meta.dirname, 'fleet.ts'), String(count), String(slow), String(dead)],
    { stdio: ['pipe', 'pipe', 'inherit'] },
  );
  closing.add(async () => void child.kill());
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const next = async <T>(): Promise<T> => {
    const { value, done } = await lines.next();
    if (done) throw new Error('The fleet ended. Its last words are above.');
    return JSON.parse(value) as T;
  };
  const { controllers } = await next<FleetSays>();
  const safe = new Map<SecretRef, Credentials>();
  const targets = controllers.map(({ serial, address, username, password }) => {
    const secretRef = SecretRef.parse(`bmc/${serial}/factory`);
    safe.set(secretRef, { username, password });
    return { serverId: serial, datacenterId: 'dc-fra-01', address, secretRef };
  });
  return {
    targets,
    kindOf: new Map(controllers.map(({ serial, kind }) => [serial, kind])),
    secrets: { read: async (ref) => safe.get(ref) },
    ask: () => {
      child.stdin.write('?\n');
      return next<SessionsSaid>();
    },
    cost: () => costOf([child.pid ?? 0]) ?? { cpuMilliseconds: 0, memoryMegabytes: 0 },
    stop: () => void child.stdin.end(),
  };
}
