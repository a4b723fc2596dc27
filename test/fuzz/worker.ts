import { parentPort, workerData } from 'node:worker_threads';
import { feed, type Target } from './harness.ts';
import { randomOf } from './mutate.ts';

const { module, inputs, seed, done } = workerData as { module: string; inputs: number; seed: number; done: Int32Array };
const { target } = (await import(module)) as { target: Target };
parentPort?.postMessage(
  await feed(target, inputs, randomOf(seed), (count) => {
    Atomics.store(done, 0, count);
  }),
);
