// What a durable step costs: our PostgreSQL engine, DBOS on the same PostgreSQL, and Restate with its own store.
import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { Client } from 'pg';
import { nodeFlags } from '../../../infra/local/child.ts';
import { startPostgres, type EmbeddedPostgres } from '../../../infra/local/postgres.ts';
import { migrate } from '../../../shared/kernel/database/migrate.ts';
import type { Benchmark } from '../kit/benchmark.ts';
import type { Closing } from '../kit/closing.ts';
import { Contender } from '../kit/contender.ts';
import { durabilityOf } from '../kit/durability.ts';
import type { Figure } from '../kit/report.ts';
import { installRivals, rival, rivalData } from '../kit/rivals.ts';
import { sampleOf } from '../kit/statistics.ts';
import type { Answer, Question } from './chains.ts';

const rounds = 5;
const length = 5;
const many: Question = { chains: 1_000, inFlight: 200, length };
const alone: Question = { chains: 100, inFlight: 1, length };

interface Round {
  stepsPerSecond: number;
  sagasPerSecond: number;
  busyP50: number;
  busyP99: number;
  cpuPerStep: number | undefined;
  aloneP50: number;
  aloneP99: number;
}

export const engineBenchmark: Benchmark = {
  name: 'engine',
  about: 'sagas of five durable steps: throughput with 200 under way, and one at a time',
  run: async (closing, say) => {
    const folder = mkdtempSync(path.join(os.tmpdir(), 'rackline-bench-'));
    closing.add(async () => rmSync(folder, { recursive: true, force: true }));
    const database = closing.keep(await startPostgres({ dataDir: folder }));
    const { contenders, missing } = await launchAll(database, closing);

    const measured = new Map(contenders.map(({ name }) => [name, [] as Round[]]));
    for (const contender of contenders) await contender.ask<Answer>({ ...many, chains: 600 }); // warm up
    for (let round = 1; round <= rounds; round += 1) {
      say(`round ${round} of ${rounds}`);
      for (const contender of contenders) measured.get(contender.name)?.push(await measure(contender, database));
    }
    return {
      figures: figuresOf(measured),
      database: await durabilityOf(database),
      notes: [
        'DBOS commits to the same server with the same settings. Restate keeps its own log and flushes it ' +
          '(its default); 4 partitions, 128 MB.',
        'Rackline runs generator orchestrators of durable-functions; DBOS and Restate run functions of their own SDKs.',
        ...missing,
      ],
    };
  },
};

async function launchAll(
  database: EmbeddedPostgres,
  closing: Closing,
): Promise<{ contenders: Contender[]; missing: string[] }> {
  const urls = await makeDatabases(database);
  const ours = closing.keep(
    await Contender.launch({
      name: 'Rackline',
      script: path.join(import.meta.dirname, 'rackline.ts'),
      args: [urls.ours],
      execArgv: nodeFlags,
    }),
  );
  const problem = installRivals();
  if (problem) return { contenders: [ours], missing: [`Without DBOS and Restate: ${problem}`] };
  const restateData = rivalData('restate');
  closing.add(async () => rmSync(restateData, { recursive: true, force: true }));
  const dbos = closing.keep(await Contender.launch({ name: 'DBOS', script: rival('dbos.mjs'), args: [urls.dbos] }));
  const restate = closing.keep(
    await Contender.launch({ name: 'Restate', script: rival('restate.mjs'), args: [restateData] }),
  );
  return { contenders: [ours, dbos, restate], missing: [] };
}

async function makeDatabases(database: EmbeddedPostgres): Promise<{ ours: string; dbos: string }> {
  const urls = { ours: database.urlOf('rackline'), dbos: database.urlOf('dbos') };
  const admin = new Client({ connectionString: database.url });
  await admin.connect();
  for (const name of ['rackline', 'dbos']) await admin.query(`CREATE DATABASE ${name}`);
  await admin.end();
  const ours = new Client({ connectionString: urls.ours });
  await ours.connect();
  await migrate(ours, path.resolve('infra/db/migrations'));
  await ours.end();
  return urls;
}

async function measure(contender: Contender, database: EmbeddedPostgres): Promise<Round> {
  const servers = contender.name === 'Restate' ? [] : [database.pid];
  const before = contender.cost(servers);
  const busy = await contender.ask<Answer>(many);
  const after = contender.cost(servers);
  const unloaded = await contender.ask<Answer>(alone);
  const steps = many.chains * many.length;
  return {
    stepsPerSecond: (steps / busy.milliseconds) * 1_000,
    sagasPerSecond: (many.chains / busy.milliseconds) * 1_000,
    busyP50: busy.stepP50,
    busyP99: busy.stepP99,
    cpuPerStep: before && after && (after.cpuMilliseconds - before.cpuMilliseconds) / steps,
    aloneP50: unloaded.stepP50,
    aloneP99: unloaded.stepP99,
  };
}

function figuresOf(measured: ReadonlyMap<string, readonly Round[]>): Figure[] {
  const [ours, ...others] = [...measured];
  const sample = (of: readonly Round[], key: keyof Round) => sampleOf(of.map((round) => round[key] ?? Number.NaN));
  const figure = (what: string, unit: string, key: keyof Round, target?: string): Figure => ({
    what,
    unit,
    ours: sample(ours?.[1] ?? [], key),
    ...(target && { target }),
    beside: Object.fromEntries(others.map(([name, of]) => [name, sample(of, key)])),
  });
  return [
    figure('sagas, 200 under way', '/s', 'sagasPerSecond', '≥ 215/s'),
    figure('steps, 200 sagas under way', '/s', 'stepsPerSecond', '≥ 2400/s; ≥ 2 × DBOS, ≥ 1 × Restate'),
    figure('one step then, p50', 'ms', 'busyP50'),
    figure('one step then, p99', 'ms', 'busyP99'),
    figure('CPU per step, with the database', 'ms', 'cpuPerStep'),
    figure('one step, nothing else going on, p50', 'ms', 'aloneP50', '≤ 2.3 ms; ≤ 1 × Restate'),
    figure('one step, nothing else going on, p99', 'ms', 'aloneP99'),
  ];
}
