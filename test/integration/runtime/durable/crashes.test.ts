import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Client, Pool } from 'pg';
import { startPostgres, type EmbeddedPostgres } from '../../../../infra/local/postgres.ts';
import { FunctionsCore, installFunctionsCore } from '../../../../runtime/core/functions-core.ts';
import { startApp } from '../../../../runtime/core/load.ts';
import type { DurableApp, DurableClient } from '../../../../runtime/durable/contract/engine.ts';
import { EventType } from '../../../../runtime/durable/contract/history.ts';
import { createDurableApp } from '../../../../runtime/durable/durable-app.ts';
import { createPostgresClient, createPostgresEngine } from '../../../../runtime/durable/postgres/engine.ts';
import { migrate } from '../../../../shared/kernel/database/migrate.ts';
import { registerChaosApp } from '../../../kit/conformance/chaos-app.ts';
import { withinRealTime } from '../../../kit/conformance/real-time.ts';
import { recordHistory, replayHistory } from '../../../kit/conformance/replay.ts';
import { createTestDatabase, type TestDatabase } from '../../../kit/database.ts';

let app: DurableApp;
/** What activities in this very process did. */
const here: string[] = [];
beforeAll(async () => {
  const core = new FunctionsCore();
  installFunctionsCore(core);
  registerChaosApp(async (instanceId, step) => void here.push(`${instanceId} ${step}`));
  await startApp(core, '.');
  app = createDurableApp(core);
});

const allEnded = async (client: DurableClient) =>
  (await client.query({ statuses: ['Pending', 'Running'] }, { size: 1 })).instances.length === 0;

/** Every instance completed, and today's code decides from every prefix of its history as the workers did. */
async function expectOneTruth(client: DurableClient, ids: readonly string[]): Promise<void> {
  for (const id of ids) {
    expect(await client.status(id)).toMatchObject({ instanceId: id, status: 'Completed' });
    await replayHistory(app, await recordHistory(client, id));
  }
}

describe('worker processes', () => {
  let database: TestDatabase;
  let pool: Pool;
  let workers: ChildProcess[] = [];
  let client: DurableClient;
  let close: () => Promise<void>;

  const startWorker = async (silence = 10_000): Promise<ChildProcess> => {
    const worker = spawn(process.execPath, ['test/kit/conformance/chaos-worker.ts', database.url, String(silence)], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    workers.push(worker);
    if (worker.stdout) await once(worker.stdout, 'data');
    return worker;
  };
  const kill = async (worker: ChildProcess): Promise<void> => {
    workers = workers.filter((each) => each !== worker);
    const gone = once(worker, 'exit');
    worker.kill('SIGKILL');
    await gone;
  };
  const ledger = async () =>
    (
      await pool.query<{ instance_id: string; step: string; pid: number }>(
        'SELECT instance_id, step, pid FROM ledger ORDER BY id',
      )
    ).rows;

  beforeAll(async () => {
    database = await createTestDatabase();
    pool = new Pool({ connectionString: database.url, max: 2 });
    await pool.query(
      'CREATE TABLE ledger (id bigint GENERATED ALWAYS AS IDENTITY, instance_id text, step text, pid int)',
    );
    ({ client, close } = createPostgresClient(app, { url: database.url }));
  });
  afterAll(async () => {
    await Promise.all(workers.map(kill));
    await close();
    await pool.end();
    await database.drop();
  });

  it('are killed in the middle of their work, and no step is lost and no order changed', async () => {
    const ids = Array.from({ length: 100 }, (_, index) => `chaos-${index}`);
    await Promise.all([startWorker(), startWorker()]);
    await Promise.all(ids.map((instanceId) => client.start({ name: 'order-sensitive', instanceId })));
    const until = withinRealTime(client);
    let kills = 0;
    for (const ended = until(() => allEnded(client)).then(() => (kills = Infinity)); kills < 6; kills += 1) {
      await Promise.race([ended, delay(Math.random() * 150)]);
      const {
        rows: [latest],
      } = await pool.query<{ pid: number }>('SELECT pid FROM ledger ORDER BY id DESC LIMIT 1');
      const victim = workers.find(({ pid }) => pid === latest?.pid);
      if (victim && kills < 6) await Promise.all([kill(victim), startWorker()]);
    }
    await until(() => allEnded(client));
    await expectOneTruth(client, ids);

    const done = await ledger();
    const steps = new Set(done.map(({ instance_id: id, step }) => `${id} ${step}`));
    const wanted = (
      await Promise.all(
        ids.map(async (id) =>
          (await client.history(id)).flatMap((event) =>
            event.EventType === EventType.TaskScheduled
              ? [`${id} ${(JSON.parse(event.Input ?? '{}') as { step: string }).step}`]
              : [],
          ),
        ),
      )
    ).flat();
    expect(wanted).toHaveLength(1_000);
    expect(wanted.filter((each) => !steps.has(each))).toEqual([]);
    process.stdout.write(
      `chaos: 100 instances, 1000 steps, ${new Set(done.map(({ pid }) => pid)).size} processes at work, ` +
        `${done.length - steps.size} steps repeated\n`,
    );
  });

  it('bug 5: that slept through their own burial do no harm when they wake', async () => {
    await Promise.all(workers.map(kill));
    const sleeper = await startWorker(1_000);
    await client.start({ name: 'long-step', instanceId: 'buried', input: '{"milliseconds":300}' });
    const until = withinRealTime(client);
    await until(async () => (await ledger()).some(({ instance_id: id }) => id === 'buried'));
    sleeper.kill('SIGSTOP');
    const heir = createPostgresEngine(app, { url: database.url, silenceMilliseconds: 1_000 });
    await heir.start();
    await until(async () => (await client.status('buried'))?.status === 'Completed');
    expect(here).toEqual(['buried first', 'buried second']);
    const historyOfHeir = await client.history('buried');

    sleeper.kill('SIGCONT');
    // it noticed, and joined anew
    await until(async () => (await pool.query('SELECT FROM durable.worker')).rowCount === 2);
    expect(await client.history('buried')).toEqual(historyOfHeir);
    expect((await ledger()).filter(({ instance_id: id }) => id === 'buried').map(({ step }) => step)).toEqual([
      'first',
    ]);
    await heir.stop();

    await client.start({ name: 'order-sensitive', instanceId: 'after-waking' });
    await until(async () => (await client.status('after-waking'))?.status === 'Completed');
    await expectOneTruth(client, ['buried', 'after-waking']);
  });

  it('that are told to stop leave nothing for others to wait for', async () => {
    await Promise.all(workers.map(kill));
    const first = createPostgresEngine(app, { url: database.url, graceMilliseconds: 50 });
    await first.start();
    here.splice(0);
    await first.client.start({ name: 'long-step', instanceId: 'handed-over', input: '{"milliseconds":400}' });
    const until = withinRealTime(client);
    await until(() => here.length === 1);
    await first.stop(); // the activity outlasts the grace, so it is begun again elsewhere
    const second = createPostgresEngine(app, { url: database.url });
    await second.start();
    await until(async () => (await client.status('handed-over'))?.status === 'Completed');
    expect(here).toEqual(['handed-over first', 'handed-over first', 'handed-over second']);
    await second.stop();
    expect((await pool.query('SELECT FROM durable.worker')).rowCount).toBe(0);
  });

  it('share a wide fan-out', async () => {
    await Promise.all([startWorker(), startWorker()]);
    await pool.query('TRUNCATE ledger');
    await Promise.all(
      Array.from({ length: 60 }, (_, index) =>
        client.start({ name: 'order-sensitive', instanceId: `shared-${index}` }),
      ),
    );
    await withinRealTime(client)(() => allEnded(client));
    const perProcess = Map.groupBy(await ledger(), ({ pid }) => pid);
    expect(perProcess.size).toBe(2);
  });
});

describe('the database', () => {
  let folder: string;
  let server: EmbeddedPostgres;
  beforeAll(async () => {
    folder = mkdtempSync(path.join(os.tmpdir(), 'rackline-crash-'));
    server = await startPostgres({ dataDir: folder });
    const admin = new Client({ connectionString: server.url });
    await admin.connect();
    await migrate(admin, path.resolve('infra/db/migrations'));
    await admin.end();
  });
  afterAll(async () => {
    await server.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  it('is killed and comes back, and the worker goes on by itself', async () => {
    const engine = createPostgresEngine(app, { url: server.url });
    await engine.start();
    const ids = Array.from({ length: 60 }, (_, index) => `db-${index}`);
    await Promise.all(ids.map((instanceId) => engine.client.start({ name: 'order-sensitive', instanceId })));
    process.kill(server.pid, 'SIGKILL');
    await server.exited;
    await delay(300); // workers meet a closed door for a while
    const { port } = server;
    server = await startAgain(folder, port);
    const backAt = Date.now();
    await withinRealTime(engine.client)(() => allEnded(engine.client).catch(() => false));
    process.stdout.write(`database killed: all 60 instances ended ${Date.now() - backAt} ms after it was back\n`);
    await expectOneTruth(engine.client, ids);
    await engine.stop();
  });
});

/** Backends of a killed server may live on for a moment, and no other may start until they are gone. */
async function startAgain(dataDir: string, port: number): Promise<EmbeddedPostgres> {
  for (let tries = 0; ; tries += 1) {
    try {
      return await startPostgres({ dataDir, port });
    } catch (error) {
      if (tries === 20) throw error;
      await delay(100);
    }
  }
}
