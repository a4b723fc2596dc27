// A program under measurement has a process of its own, and answers one question at a time.
import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { costOf, type Cost } from './processes.ts';

export interface ContenderOptions {
  name: string;
  script: string;
  args?: readonly string[];
  env?: Readonly<Record<string, string>>;
  execArgv?: readonly string[];
}

/** The child's first message; `servers` are processes that work for it and are not its children. */
export interface Ready {
  port?: number;
  servers?: readonly number[];
}

export class Contender {
  readonly name: string;
  readonly ready: Ready;
  readonly #child: ChildProcess;

  private constructor(name: string, child: ChildProcess, ready: Ready) {
    this.name = name;
    this.#child = child;
    this.ready = ready;
  }

  /** Resolves when it is ready. Throws when it ends before it ever was. */
  static async launch({ name, script, args = [], env = {}, execArgv = [] }: ContenderOptions): Promise<Contender> {
    const child = fork(script, args, { execArgv: [...execArgv], env: { ...process.env, ...env } });
    return new Contender(name, child, await answerOf<Ready>(name, child));
  }

  get pid(): number {
    return this.#child.pid ?? 0;
  }

  async ask<Answer>(question: object): Promise<Answer> {
    this.#child.send(question);
    return answerOf<Answer>(this.name, this.#child);
  }

  /** Of its process, its children, its servers and, where given, others that work for it now. */
  cost(others: readonly number[] = []): Cost | undefined {
    return costOf([this.pid, ...(this.ready.servers ?? []), ...others]);
  }

  /** Its process ends by itself when nobody can ask it any more. */
  async stop(): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    const gone = once(this.#child, 'exit');
    if (this.#child.connected) this.#child.disconnect();
    const force = setTimeout(() => this.#child.kill('SIGKILL'), 15_000);
    await gone;
    clearTimeout(force);
  }
}

async function answerOf<Answer>(name: string, child: ChildProcess): Promise<Answer> {
  const heard = new AbortController();
  try {
    const ended = once(child, 'exit', { signal: heard.signal }).then(([code, signal]) => {
      throw new Error(
        `${name} ended with ${String(signal ?? `code ${String(code)}`)} instead of answering. Its last ` +
          'words are above.',
      );
    });
    const [answer] = (await Promise.race([once(child, 'message', { signal: heard.signal }), ended])) as [Answer];
    return answer;
  } finally {
    heard.abort();
  }
}
