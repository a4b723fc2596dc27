// One workload for every engine: chains of steps that do nothing but be durable. Each engine runs in a process
// of its own, starts the chains there, as a function of the product would, and is asked for two measures.
import { setTimeout as delay } from 'node:timers/promises';
import { quantile } from '../kit/statistics.ts';

export interface Engine {
  /** Starts a chain; resolves when the engine has accepted it durably. */
  start(id: string, length: number): Promise<unknown>;
  stop(): Promise<unknown>;
  /** Processes that work for it beside this one. */
  servers?: readonly number[];
}

export interface Question {
  chains: number;
  /** Chains under way at a time; the next begins when one ends. */
  inFlight: number;
  length: number;
}

export interface Answer {
  /** From the first start to the end of the last chain. */
  milliseconds: number;
  /** From the beginning of a step to the beginning of the next in its chain, in milliseconds. */
  stepP50: number;
  stepP99: number;
}

interface Chain {
  begun: number[];
  end(): void;
}

/** What the steps and chains of an engine report to. */
export class Chains {
  readonly #open = new Map<string, Chain>();
  #count = 0;

  stepBegins(id: string): void {
    this.#open.get(id)?.begun.push(performance.now());
  }

  /** The workflow's code has returned. */
  chainEnds(id: string): void {
    this.#open.get(id)?.end();
  }

  async run(engine: Engine, { chains, inFlight, length }: Question): Promise<Answer> {
    const gaps: number[] = [];
    let left = chains;
    const oneByOne = async (): Promise<void> => {
      while (left > 0) {
        left -= 1;
        gaps.push(...(await this.#runOne(engine, length)));
        if (inFlight === 1) await delay(5); // the end of the last one is stored: nothing else goes on
      }
    };
    const from = performance.now();
    await Promise.all(Array.from({ length: inFlight }, oneByOne));
    return { milliseconds: performance.now() - from, stepP50: quantile(gaps, 0.5), stepP99: quantile(gaps, 0.99) };
  }

  async #runOne(engine: Engine, length: number): Promise<number[]> {
    const id = `chain-${process.pid}-${this.#count++}`;
    const begun: number[] = [];
    const ended = new Promise<void>((resolve) => this.#open.set(id, { begun, end: resolve }));
    await engine.start(id, length);
    await ended;
    this.#open.delete(id);
    if (begun.length !== length) throw new Error(`A chain of ${length} steps ran ${begun.length}.`);
    return begun.slice(1).map((moment, step) => moment - (begun[step] ?? moment));
  }
}

/** Makes this process a contender: ready when the engine is, ended when nobody asks any more. */
export async function serveChains(make: (chains: Chains) => Promise<Engine>): Promise<void> {
  const chains = new Chains();
  const engine = await make(chains);
  process.on(
    'message',
    (question: Question) =>
      void chains.run(engine, question).then(
        (answer) => process.send?.(answer),
        (error: unknown) => {
          if (process.connected) throw error; // otherwise nobody waits for it any more, and what it used may be gone
        },
      ),
  );
  process.on(
    'disconnect',
    () =>
      void engine.stop().then(
        () => process.exit(0),
        (error: unknown) => {
          console.error(error);
          process.exit(1);
        },
      ),
  );
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => {}); // who asks us ends us
  process.send?.({ servers: engine.servers ?? [] });
}
