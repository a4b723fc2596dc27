import os from 'node:os';

/** What a figure means nothing without. */
export interface Machine {
  cpu: string;
  cores: number;
  memoryGigabytes: number;
  system: string;
  node: string;
}

export function thisMachine(): Machine {
  const [cpu] = os.cpus();
  return {
    cpu: cpu?.model ?? 'unknown',
    cores: os.availableParallelism(),
    memoryGigabytes: Math.round(os.totalmem() / 2 ** 30),
    system: `${os.type()} ${os.release()} ${os.arch()}`,
    node: process.version,
  };
}

/** Of the last minute: processes that ran or wanted to. */
export const loadAverage = (): number => os.loadavg()[0] ?? Number.NaN;
