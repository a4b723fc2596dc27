import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { setTimeout as delay } from 'node:timers/promises';
import { askOver, watchForHang, type Every } from './hang-watch.ts';

export interface ChildOptions {
  /** For messages: `platform 1`. */
  name: string;
  script: string;
  env: Readonly<Record<string, string>>;
  /** For Node itself. */
  flags: readonly string[];
  /** Its first line of standard output that is JSON with `ready: true` ends the start. */
  onReady?: (ready: Record<string, unknown>) => void;
  /** An address at which it answers as long as it does not hang. */
  health?: string;
  /** The clock by which it is asked there. */
  every?: Every;
  log: (line: string) => void;
}

const longestPause = 10_000;

/**
 * Young garbage is collected in small portions (runtime/main.ts says what that does to pauses). With Node's default
 * a busy host holds more than twice the memory, and answers up to a tenth more requests.
 */
export const nodeFlags = ['--max-semi-space-size=4'];
/** For processes that mostly wait. */
export const frugalFlags = ['--max-semi-space-size=1'];

/** A Node process that is kept alive: ended when it hangs, started again when it dies, until it is told to stop. */
export class Child {
  readonly #options: ChildOptions;
  #process: ChildProcess | undefined;
  #stopping = false;
  #failures = 0;
  #stopWatching = () => {};

  constructor(options: ChildOptions) {
    this.#options = options;
  }

  get pid(): number | undefined {
    return this.#process?.pid;
  }

  /** Resolves when it says it is ready. Throws when it ends before it ever was. */
  async start(): Promise<void> {
    const child = spawn(
      process.execPath,
      [...this.#options.flags, '--import', './infra/local/with-parent.ts', this.#options.script],
      { env: { ...process.env, ...this.#options.env }, stdio: ['ignore', 'pipe', 'pipe', 'ipc'], detached: true },
    );
    this.#process = child;
    const lastWords: string[] = [];
    createInterface({ input: child.stderr! }).on('line', (line) => {
      lastWords.push(line);
      if (lastWords.length > 20) lastWords.shift();
      this.#options.log(line);
    });
    const ready = new Promise<Record<string, unknown>>((resolve) => {
      createInterface({ input: child.stdout! }).on('line', (line) => {
        const said = readyLine(line);
        if (said) resolve(said);
        else this.#options.log(line);
      });
    });
    const ended = once(child, 'exit').then(([code, signal]) => String(signal ?? `code ${String(code)}`));
    const first = await Promise.race([ready, ended]);
    if (typeof first === 'string')
      throw new Error(`${this.#options.name} ended with ${first} before it was ready.\n${lastWords.join('\n')}`);
    this.#failures = 0;
    this.#options.onReady?.(first);
    this.#watch(child);
    void ended.then((how) => {
      this.#stopWatching();
      return this.#restart(how);
    });
  }

  /** Asks it to finish what it does; after the grace period it is ended. */
  async stop(graceMilliseconds = 10_000): Promise<void> {
    this.#stopping = true;
    this.#stopWatching();
    const child = this.#process;
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    const gone = once(child, 'exit');
    child.kill('SIGTERM');
    const force = setTimeout(() => child.kill('SIGKILL'), graceMilliseconds);
    await gone;
    clearTimeout(force);
  }

  #watch(child: ChildProcess): void {
    const { name, health, every, log } = this.#options;
    if (health === undefined || this.#stopping) return;
    this.#stopWatching = watchForHang({
      ask: askOver(health),
      onHang: () => {
        log(`${name} has not answered for 30 s: it hangs, and is ended`);
        child.kill('SIGKILL'); // whose event loop stands still hears no other signal
      },
      ...(every && { every }),
    });
  }

  async #restart(how: string): Promise<void> {
    while (!this.#stopping) {
      this.#options.log(`${this.#options.name} ended with ${how}; starting it again`);
      await delay(Math.min(longestPause, 100 * 2 ** this.#failures));
      this.#failures += 1;
      try {
        if (!this.#stopping) await this.start();
        return;
      } catch (error) {
        how = error instanceof Error ? error.message : String(error);
      }
    }
  }
}

function readyLine(line: string): Record<string, unknown> | undefined {
  if (!line.startsWith('{')) return undefined;
  try {
    const said = JSON.parse(line) as Record<string, unknown>;
    return said['ready'] === true ? said : undefined;
  } catch {
    return undefined;
  }
}
