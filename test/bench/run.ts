// `npm run bench [name …]`: measures us beside others in one run, prints the ratios and keeps the figures as JSON.
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { explain } from '../../shared/kernel/errors/app-error.ts';
import { readSettings } from '../../shared/wiring/settings.ts';
import { apiBenchmark } from './api/api.ts';
import { atScaleBenchmark } from './api/at-scale.ts';
import { bodiesBenchmark } from './api/bodies.ts';
import { atRestBenchmark } from './at-rest.ts';
import { bmcSimulatorBenchmark } from './bmc-simulator.ts';
import { stormBenchmark } from './edge/storm.ts';
import { sweepBenchmark } from './edge/sweep.ts';
import { engineBenchmark } from './engine/engine.ts';
import { eventWritersBenchmark } from './event-writers.ts';
import { httpHostBenchmark } from './http-host/http-host.ts';
import type { Benchmark } from './kit/benchmark.ts';
import { Closing } from './kit/closing.ts';
import { loadAverage, thisMachine } from './kit/machine.ts';
import { tableOf, type Result } from './kit/report.ts';
import { realInputBenchmark } from './real-input.ts';

const benchmarks: readonly Benchmark[] = [
  engineBenchmark,
  eventWritersBenchmark,
  apiBenchmark,
  atScaleBenchmark,
  bodiesBenchmark,
  httpHostBenchmark,
  realInputBenchmark,
  bmcSimulatorBenchmark,
  sweepBenchmark,
  stormBenchmark,
  atRestBenchmark,
];

const asked = process.argv.slice(2);
const unknown = asked.filter((name) => !benchmarks.some((benchmark) => benchmark.name === name));
if (unknown.length > 0) {
  console.error(
    `There is no benchmark ${unknown.join(', ')}. There ` +
      `are:\n${benchmarks.map(({ name, about }) => `  ${name.padEnd(10)} ${about}`).join('\n')}`,
  );
  process.exit(1);
}

let closing = new Closing();
let isInterrupted = false;
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.on(signal, () => {
    if (isInterrupted) return;
    isInterrupted = true;
    void closing.all().then(() => process.exit(130));
  });
}

const began = new Date().toISOString();
const machine = thisMachine();
console.log(
  `${machine.cores} x ${machine.cpu}, ${machine.memoryGigabytes} GB, ${machine.system}, Node ${machine.node}`,
);
const results: Result[] = [];
for (const benchmark of benchmarks.filter(({ name }) => asked.length === 0 || asked.includes(name))) {
  if (isInterrupted) break;
  console.log(`\n${benchmark.name}: ${benchmark.about}`);
  const result = await measured(benchmark);
  if (result) {
    results.push(result);
    console.log(tableOf(result, asked.includes(benchmark.name)));
  }
}
if (!isInterrupted) console.log(`\nKept: ${keep()}`);

/** One that fails does not keep the others from being measured; the run then ends with code 1. */
async function measured({ name, run }: Benchmark): Promise<Result | undefined> {
  closing = new Closing();
  const loadBefore = loadAverage();
  try {
    const report = await run(closing, (line) => console.log(`  ${line}`));
    if (report.problems && report.problems.length > 0) process.exitCode = 1;
    return { benchmark: name, ...report, loadBefore, loadAfter: loadAverage() };
  } catch (error) {
    if (isInterrupted) return undefined;
    console.error(`  It could not be measured: ${explain(error)}`);
    process.exitCode = 1;
    return undefined;
  } finally {
    await closing.all();
  }
}

/** All figures of one run in one file, every round of them. */
function keep(): string {
  const folder = path.join(readSettings().DATA_DIR, 'bench');
  mkdirSync(folder, { recursive: true });
  const file = path.join(folder, `${began.slice(0, 19).replaceAll(':', '-')}.json`);
  writeFileSync(file, `${JSON.stringify({ began, machine, results }, null, 2)}\n`);
  return file;
}
