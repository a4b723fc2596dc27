// What the platform costs while nobody does anything: `npm start` as it is, with the lab, from npm down to the
// database.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as delay } from 'node:timers/promises';
import { freePort } from '../../infra/local/postgres.ts';
import type { Benchmark } from './kit/benchmark.ts';
import type { Closing } from './kit/closing.ts';
import { costsOf, sumOf, type Cost } from './kit/processes.ts';
import type { Figure } from './kit/report.ts';
import { sampleOf } from './kit/statistics.ts';

/** Until what a start needs has been given back: idle connections, young garbage. */
const settleMilliseconds = 60_000;
const watchedMilliseconds = 60_000;

/** By what their command lines hold; the rest is npm and who keeps the others alive. */
const parts = {
  platform: 'runtime/main.ts',
  lab: 'test/simulators/main.ts',
  'edge agents': 'edge/main.ts',
  database: 'postgres',
} as const;

export const atRestBenchmark: Benchmark = {
  name: 'at-rest',
  about: 'memory and CPU of everything `npm start` starts, while nobody does anything',
  run: async (closing, say) => {
    if (process.platform !== 'linux')
      return { figures: [], notes: ['Skipped: only Linux tells what processes that share memory cost.'] };
    say('starting, and letting it settle for a minute');
    const pid = await start(closing);
    await delay(settleMilliseconds);
    say('watching for a minute');
    const [before, from] = [costsOf([pid]) ?? new Map<number, Watched>(), performance.now()];
    await delay(watchedMilliseconds);
    const [after, took] = [costsOf([pid]) ?? new Map<number, Watched>(), performance.now() - from];
    const used = [...after].map(([id, cost]) => ({
      ...cost,
      cpuMilliseconds: cost.cpuMilliseconds - (before.get(id)?.cpuMilliseconds ?? 0),
    }));
    return {
      figures: figuresOf(used, took),
      notes: ['Memory is proportional (PSS): what processes share is counted once. CPU in percent of one core.'],
    };
  },
};

type Watched = Cost & { command: string };

/** Answers the process id of npm. */
async function start(closing: Closing): Promise<number> {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'rackline-bench-'));
  closing.add(async () => rmSync(folder, { recursive: true, force: true }));
  const cli = process.env['npm_execpath'];
  const [file, prefix] = cli?.endsWith('.js') ? [process.execPath, [cli]] : ['npm', []];
  const env = {
    ...process.env,
    DATA_DIR: folder,
    PORT: String(await freePort()),
    LAB_PORT: String(await freePort()),
    LAB: 'on',
  };
  const npm = spawn(file, [...prefix, 'start'], { env, stdio: ['ignore', 'pipe', 'inherit'], detached: true });
  closing.add(async () => {
    if (npm.exitCode !== null || npm.signalCode !== null) return;
    const gone = once(npm, 'exit');
    if (npm.pid !== undefined) process.kill(-npm.pid, 'SIGINT'); // to the whole group, as Ctrl-C does
    await gone;
  });
  for await (const line of createInterface({ input: npm.stdout })) if (line.includes('Ctrl-C')) return npm.pid ?? 0;
  throw new Error('`npm start` ended before it had started. Its last words are above.');
}

function figuresOf(used: readonly Watched[], milliseconds: number): Figure[] {
  const groups = Map.groupBy(
    used,
    ({ command }) => Object.entries(parts).find(([, mark]) => command.includes(mark))?.[0] ?? 'npm and supervisor',
  );
  const figures = (
    name: string,
    { memoryMegabytes, cpuMilliseconds }: Cost,
    targets?: { memory: string; cpu: string },
  ): Figure[] => [
    {
      what: `${name}, memory`,
      unit: 'MB',
      ours: sampleOf([memoryMegabytes]),
      ...(targets && { target: targets.memory }),
    },
    {
      what: `${name}, CPU`,
      unit: '%',
      ours: sampleOf([(cpuMilliseconds / milliseconds) * 100]),
      ...(targets && { target: targets.cpu }),
    },
  ];
  return [
    ...figures('all', sumOf(used), { memory: '< 400 MB', cpu: '< 3 %' }),
    ...[...groups].flatMap(([name, costs]) => figures(name, sumOf(costs))),
  ];
}
