import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { createInterface } from 'node:readline';

export interface HostProcess {
  readonly url: string;
  readonly child: ChildProcess;
  /** Everything on stderr so far. */
  log(): string;
  /** Ends it with a signal; resolves with its exit code when it is gone. */
  end(signal: 'SIGTERM' | 'SIGKILL'): Promise<number | null>;
}

/** Runs runtime/main.ts in a process of its own. Rejects with what it wrote when it ends before it is ready. */
export async function startHostProcess(
  env: Record<string, string>,
  folder = 'test/integration/runtime/host-app',
): Promise<HostProcess> {
  const child = spawn(process.execPath, ['runtime/main.ts', path.resolve(folder)], {
    env: { PATH: process.env['PATH'] ?? '', PORT: '0', KAFKA_BROKERS: 'embedded', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let stderr = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  const ended = once(child, 'exit').then(([code]: (number | null)[]) => code ?? null);
  const first = await Promise.race([
    once(createInterface(child.stdout), 'line').then(([line]: string[]) => line),
    ended,
  ]);
  if (typeof first !== 'string') throw new Error(`The host ended with code ${first}:\n${stderr}`);
  return {
    url: JSON.parse(first).url,
    child,
    log: () => stderr,
    end: (signal) => {
      child.kill(signal);
      return ended;
    },
  };
}
