import { Worker } from 'node:worker_threads';
import type { Random } from './mutate.ts';

/** What is fed with mutated inputs. A module that exports one as `target` can be run by `runFuzz`. */
export interface Target<Input = unknown> {
  make(random: Random): Input;
  read(input: Input): void | Promise<void>;
  /** The input as it is printed where it broke something. */
  show(input: Input): string;
  /** Whether this is how the reader refuses what it cannot read. */
  isRefusal(error: unknown): boolean;
}

export interface Outcome {
  accepted: number;
  refused: number;
  crashes: { input: string; error: string }[];
  slowestMilliseconds: number;
  peakHeapBytes: number;
}

const hangMilliseconds = 1000;

/** Makes and feeds `inputs` inputs. `progress` hears how many are through, so that somebody else can see a hang. */
export async function feed<Input>(
  { make, read, show, isRefusal }: Target<Input>,
  inputs: number,
  random: Random,
  progress?: (done: number) => void,
): Promise<Outcome> {
  const outcome: Outcome = { accepted: 0, refused: 0, crashes: [], slowestMilliseconds: 0, peakHeapBytes: 0 };
  for (let index = 1; index <= inputs; index++) {
    const input = make(random);
    const started = performance.now();
    try {
      const reading = read(input);
      if (reading) await reading;
      outcome.accepted += 1;
    } catch (error) {
      if (isRefusal(error)) outcome.refused += 1;
      else if (outcome.crashes.length < 200)
        outcome.crashes.push({
          input: show(input).slice(0, 3000),
          error: error instanceof Error ? (error.stack ?? error.message).slice(0, 800) : String(error),
        });
    }
    outcome.slowestMilliseconds = Math.max(outcome.slowestMilliseconds, performance.now() - started);
    if (index % 5000 === 0) outcome.peakHeapBytes = Math.max(outcome.peakHeapBytes, process.memoryUsage().heapUsed);
    progress?.(index);
  }
  return outcome;
}

/**
 * Runs a module's target as a command: `node <module> [inputs = 1000000] [seed = 1]`. Prints figures, and the first
 * inputs that broke something. Exit code 1 where an input crashed a reader or took longer than a second.
 */
export async function runFuzz(module: string): Promise<void> {
  const [inputs, seed] = [Number(process.argv[2] ?? 1_000_000), Number(process.argv[3] ?? 1)];
  const done = new Int32Array(new SharedArrayBuffer(4));
  const started = performance.now();
  // In a worker, so that an input that hangs can be seen and ended from outside.
  const worker = new Worker(new URL('worker.ts', import.meta.url), { workerData: { module, inputs, seed, done } });
  let [last, since, hangs] = [0, performance.now(), 0];
  const watch = setInterval(() => {
    const now = Atomics.load(done, 0);
    if (now !== last) [last, since] = [now, performance.now()];
    else if (last > 0 && performance.now() - since > 10 * hangMilliseconds) {
      hangs += 1;
      void worker.terminate();
    }
  }, 100);
  const outcome = await new Promise<Outcome | undefined>((resolve, reject) => {
    worker.once('message', resolve);
    worker.once('error', reject);
    worker.once('exit', () => resolve(undefined));
  });
  clearInterval(watch);
  if (outcome && outcome.slowestMilliseconds > hangMilliseconds) hangs += 1;
  const seconds = (performance.now() - started) / 1000;
  const { crashes = [], ...counts } = outcome ?? {};
  console.log(
    JSON.stringify(
      {
        inputs: outcome ? inputs : last,
        seed,
        seconds: Math.round(seconds),
        perSecond: Math.round(inputs / seconds),
        ...counts,
        crashes: crashes.length,
        hangsOverOneSecond: hangs,
        residentBytes: process.memoryUsage.rss(),
      },
      null,
      2,
    ),
  );
  for (const { input, error } of crashes.slice(0, 5)) console.log(`${error}\n  ${input}\n`);
  process.exitCode = !outcome || crashes.length > 0 || hangs > 0 ? 1 : 0;
}
