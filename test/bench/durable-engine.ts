// What a durable step costs: the PostgreSQL engine over an embedded database that really writes to disk.
// Run it with: npx node test/bench/durable-engine.ts [instances]
import { mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import * as df from 'durable-functions';
import { Client } from 'pg';
import { startPostgres } from '../../infra/local/postgres.ts';
import { createDurableApp } from '../../runtime/core/durable-app.ts';
import { FunctionsCore, installFunctionsCore } from '../../runtime/core/functions-core.ts';
import { startApp } from '../../runtime/core/load.ts';
import { createPostgresEngine } from '../../runtime/durable/postgres/engine.ts';
import { migrate } from '../../shared/db/migrate.ts';

const instances = Number(process.argv[2] ?? 1_000);
const steps = 5;

/** When each step began, by instance. */
const begun = new Map<string, number[]>();
const core = new FunctionsCore();
installFunctionsCore(core);
df.app.activity('step', {
  handler: ({ id, n }: { id: string; n: number }) => {
    const moments = begun.get(id);
    if (moments) moments.push(performance.now());
    return { n: n + 1 };
  },
});
df.app.orchestration('chain', function* (context) {
  const { length } = context.df.getInput<{ length: number }>();
  let n = 0;
  for (let step = 0; step < length; step += 1) n = ((yield context.df.callActivity('step', { id: context.df.instanceId, n })) as { n: number }).n;
  return n;
});
await startApp(core, '.');

const folder = mkdtempSync(path.join(os.tmpdir(), 'rackline-bench-'));
const server = await startPostgres({ dataDir: folder });
const sql = new Client({ connectionString: server.url });
await sql.connect();
await migrate(sql, path.resolve('infra/db/migrations'));
const engine = createPostgresEngine(createDurableApp(core), { url: server.url, maxConcurrentActivities: 100 });
await engine.start();

try {
  await throughput(200); // warm up
  await unloaded();
  for (let round = 1; round <= 3; round += 1) await throughput(instances);
} finally {
  await engine.stop();
  await sql.end();
  await server.stop();
  rmSync(folder, { recursive: true, force: true });
}

/** One orchestration at a time, nothing else going on. */
async function unloaded(): Promise<void> {
  const between: number[] = [];
  const whole: number[] = [];
  for (let run = 0; run < 200; run += 1) {
    const id = `unloaded-${run}`;
    const moments: number[] = [];
    begun.set(id, moments);
    const from = performance.now();
    await engine.client.start({ name: 'chain', instanceId: id, input: JSON.stringify({ length: steps }) });
    while (moments.length < steps) await delay(5);
    await delay(5); // the last step is stored
    begun.delete(id);
    whole.push((moments.at(-1) ?? 0) - from);
    for (let step = 1; step < steps; step += 1) between.push((moments[step] ?? 0) - (moments[step - 1] ?? 0));
  }
  print(`one unloaded step`, `p50 ${quantile(between, 0.5)} ms, p99 ${quantile(between, 0.99)} ms`);
  print(`start to fifth step, unloaded`, `p50 ${quantile(whole, 0.5)} ms, p99 ${quantile(whole, 0.99)} ms`);
}

/** All at once. */
async function throughput(count: number): Promise<void> {
  const [cpu, databaseCpu, from] = [process.cpuUsage(), databaseCpuMilliseconds(), performance.now()];
  await Promise.all(Array.from({ length: count }, () => engine.client.start({ name: 'chain', input: JSON.stringify({ length: steps }) })));
  for (;;) {
    const { rows: [row] } = await sql.query<{ open: boolean }>(`SELECT EXISTS (SELECT FROM durable.instance WHERE status IN ('Pending', 'Running')) AS open`);
    if (!row?.open) break;
    await delay(10);
  }
  const took = performance.now() - from;
  const used = process.cpuUsage(cpu);
  const done = count * steps;
  print(`${count} orchestrations of ${steps} steps at once`, `${Math.round((done / took) * 1_000)} steps/s, CPU per step: ${((used.user + used.system) / 1_000 / done).toFixed(3)} ms here, ${((databaseCpuMilliseconds() - databaseCpu) / done).toFixed(3)} ms in the database`);
}

/** User and system time of the server and its living children, where the system tells (Linux). */
function databaseCpuMilliseconds(): number {
  const ticks = (pid: string): number => {
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
    return fields[1] === String(server.pid) || pid === String(server.pid) ? Number(fields[11]) + Number(fields[12]) : 0;
  };
  try {
    return readdirSync('/proc').filter((name) => /^\d+$/.test(name)).reduce((sum, pid) => sum + ticks(pid) * 10, 0);
  } catch {
    return Number.NaN;
  }
}

function quantile(values: readonly number[], share: number): string {
  const sorted = values.toSorted((a, b) => a - b);
  return (sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN).toFixed(2);
}

function print(what: string, figure: string): void {
  console.log(`${what.padEnd(42)} ${figure}`);
}
