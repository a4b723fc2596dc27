// What processes cost, as the kernel says. Only Linux tells; elsewhere the answers are undefined.
import { readdirSync, readFileSync } from 'node:fs';

export interface Cost {
  /** User and system time so far, with that of children that have ended. */
  cpuMilliseconds: number;
  /** Proportional set size: pages that processes share are counted once, in parts. */
  memoryMegabytes: number;
}

interface Process {
  parent: number;
  cpuMilliseconds: number;
}

/** A tick of the kernel's clock for processes: 100 a second on every Linux. */
const tickMilliseconds = 10;

/** What these processes and all that descend from them cost. */
export function costOf(pids: readonly number[]): Cost | undefined {
  const each = costsOf(pids);
  return each && sumOf([...each.values()]);
}

/** The same, one by one: by process id, with the command line. */
export function costsOf(pids: readonly number[]): Map<number, Cost & { command: string }> | undefined {
  if (process.platform !== 'linux') return undefined;
  const all = readProcesses();
  return new Map(
    familyOf(pids, all).map((pid) => [
      pid,
      {
        command: contentOf(`/proc/${pid}/cmdline`).replaceAll('\0', ' ').trim(),
        cpuMilliseconds: all.get(pid)?.cpuMilliseconds ?? 0,
        memoryMegabytes: memoryOf(pid),
      },
    ]),
  );
}

export const sumOf = (costs: readonly Cost[]): Cost => ({
  cpuMilliseconds: costs.reduce((sum, { cpuMilliseconds }) => sum + cpuMilliseconds, 0),
  memoryMegabytes: costs.reduce((sum, { memoryMegabytes }) => sum + memoryMegabytes, 0),
});

function familyOf(pids: readonly number[], all: ReadonlyMap<number, Process>): number[] {
  const family = new Set(pids);
  for (let size = 0; size !== family.size;) {
    size = family.size;
    for (const [pid, { parent }] of all) if (family.has(parent)) family.add(pid);
  }
  return [...family];
}

function readProcesses(): Map<number, Process> {
  const found = new Map<number, Process>();
  for (const name of readdirSync('/proc')) {
    const text = /^\d+$/.test(name) ? contentOf(`/proc/${name}/stat`) : '';
    // The second field is the command in brackets, which may hold anything.
    const fields = text
      .slice(text.lastIndexOf(')') + 2)
      .split(' ')
      .map(Number);
    const [, parent = 0] = fields;
    const [user = 0, system = 0, childrensUser = 0, childrensSystem = 0] = fields.slice(11);
    if (text !== '')
      found.set(Number(name), {
        parent,
        cpuMilliseconds: (user + system + childrensUser + childrensSystem) * tickMilliseconds,
      });
  }
  return found;
}

const memoryOf = (pid: number): number =>
  Number(/^Pss:\s+(\d+)/m.exec(contentOf(`/proc/${pid}/smaps_rollup`))?.[1] ?? 0) / 1024;

/** Empty where the process has ended meanwhile. */
function contentOf(file: string): string {
  try {
    return readFileSync(file, 'latin1');
  } catch {
    return '';
  }
}
