import { appendFileSync, mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { LocalPlatform } from '../../infra/local/platform.ts';
import { freePorts } from '../../infra/local/postgres.ts';
import { Random } from '../../runtime/durable/memory/random.ts';
import type { OrderDetail } from '../../shared/domain/orders/orders.api.ts';
import type { ServerConfig } from '../../shared/facts/server.ts';
import { connect, type Database } from '../../shared/kernel/database/database.ts';
import { readSettings } from '../../shared/wiring/settings.ts';
import { usualConfig } from '../kit/orders.ts';
import { until } from '../kit/until.ts';
import { company } from '../simulators/kit/company.ts';
import { PlatformClient } from '../simulators/people/platform-client.ts';
import { stockConfig } from '../simulators/shelf.ts';

const seed = Number(process.env['SEED'] ?? Date.now() % 100_000);
const kills = 12;
const Count = z.object({ count: z.number() });

/**
 * Ten orders of every kind, two hosts, the edge agents and a database that are killed in the middle of anything, an
 * outside world that counts.
 */
describe(`ten stories while processes are killed (seed ${seed})`, () => {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'rackline-crash-'));
  let platform: LocalPlatform;
  let db: Database;
  beforeAll(async () => {
    const port = await freePorts(3);
    const settings = readSettings({
      DATA_DIR: folder,
      PORT: String(port),
      LAB_PORT: String(port + 2),
      LAB: 'on',
      LAB_SPEED: '400',
      LOG_LEVEL: 'warn',
      REPLICAS: '2',
    });
    platform = new LocalPlatform({
      settings,
      log: (line) => appendFileSync(path.join(folder, 'rackline.log'), `${line}\n`),
      withPortal: false,
    });
    await platform.start();
    db = connect({ url: platform.databaseUrl, maxConnections: 2 });
  });
  afterAll(async () => {
    await db?.close();
    await platform?.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  it('end rightly, nothing outside twice, and work goes on within two seconds of a process being back', async () => {
    const tenant = new PlatformClient({
      url: platform.url,
      issuer: platform.issuer,
      signIn: 'tenant-admin@acme.example',
    });
    const place = async (number: number, config: ServerConfig) =>
      (
        await tenant.post<{ id: string }>('/api/v1/orders', {
          datacenter: company.datacenters[number % company.datacenters.length]?.id,
          lines: [{ quantity: 1, config }],
        })
      ).id;
    const expected = new Map<string, string>();
    for (let number = 0; number < 7; number++) expected.set(await place(number, usualConfig), 'fulfilled');
    expected.set(await place(7, stockConfig), 'fulfilled');
    expected.set(await place(8, { ...usualConfig, cpu: '4x Itanium 9760' }), 'failed');
    const regretted = await place(9, usualConfig);
    expected.set(regretted, 'cancelled');
    await tenant.post(`/api/v1/orders/${regretted}/cancel`, { reason: 'the project was stopped' });

    const resumes = await killAtRandom();
    const ended = new Map<string, string>();
    await until('the end of all ten orders', async () => {
      for (const id of expected.keys()) ended.set(id, (await tenant.get<OrderDetail>(`/api/v1/orders/${id}`)).state);
      return [...ended.values()].every((state) => ['fulfilled', 'failed', 'cancelled'].includes(state));
    }).catch(sayWhatStands);

    process.stdout.write(
      `crashes: ${resumes.length} kills (seed ${seed}); work went on ` +
        `${resumes.map((each) => `${each}`).join(', ')} ms after the process was back\n`,
    );
    expect(ended).toEqual(expected);
    await expect((await fetch(`${platform.labUrl}/lab/effects/repeated`)).json()).resolves.toEqual([]);
    const stuck = await db.many(z.object({ id: z.string() }), "SELECT id FROM saga WHERE state = 'stuck'", []);
    expect(stuck).toEqual([]);
  });

  const isWorkLeft = async () =>
    (await db.maybe(Count, 'SELECT count(*) AS count FROM saga WHERE ended_at IS NULL', []))?.count !== 0;

  /**
   * Kills hosts, edge agents and the database one after another while stories are in flight. Answers how long after
   * being back each had work done again.
   */
  async function killAtRandom(): Promise<number[]> {
    const random = new Random(seed);
    const resumes: number[] = [];
    while (resumes.length < kills && (await isWorkLeft())) {
      await delay(200 + random.below(1500));
      const { hosts, edge, database } = platform.pids;
      const victims = ([[hosts[0]], [hosts[1]], hosts, [edge], [database]] as const)[random.below(5)] ?? [];
      for (const pid of victims) if (pid !== undefined) process.kill(pid, 'SIGKILL');
      resumes.push(await resumeAfter(victims));
    }
    return resumes;
  }

  /** 0 where others went on meanwhile: then nothing may be due at the moment when the process is back. */
  async function resumeAfter(victims: readonly (number | undefined)[]): Promise<number> {
    const killedAt = Date.now() + 100; // what had reached the database by then is written all the same
    await until('the killed processes to be gone and others to be ready', async () => {
      const now = platform.pids;
      return ![...now.hosts, now.edge, now.database].some((pid) => victims.includes(pid)) && (await isReady());
    });
    const backAt = Date.now();
    await until(
      'a step to be run',
      async () =>
        !(await isWorkLeft()) ||
        (
          await db.maybe(Count, 'SELECT count(*) AS count FROM saga_step WHERE updated_at > $1', [
            new Date(killedAt).toISOString(),
          ])
        )?.count !== 0,
    ).catch(sayWhatStands);
    return Date.now() - backAt;
  }

  async function sayWhatStands(error: Error): Promise<never> {
    const sagas = await db.many(
      z.object({ id: z.string(), state: z.string(), waiting_for: z.string().nullable(), wake: z.number() }),
      'SELECT id, state, waiting_for, wake FROM saga WHERE ended_at IS NULL ORDER BY id',
      [],
    );
    const tasks = await db.many(
      z.object({ id: z.string(), kind: z.string(), saga_id: z.string() }),
      "SELECT id, kind, saga_id FROM task WHERE state IN ('open', 'claimed')",
      [],
    );
    const outbox = await db.maybe(Count, 'SELECT count(*) AS count FROM outbox', []);
    throw new Error(`${error.message}\n${JSON.stringify({ sagas, tasks, outbox: outbox?.count }, null, 1)}`);
  }

  async function isReady(): Promise<boolean> {
    const port = Number(new URL(platform.url).port);
    const processes = [...[port, port + 1].map((each) => `http://127.0.0.1:${each}`), ...platform.agentUrls];
    const answers = await Promise.all(
      processes.map((url) =>
        fetch(`${url}/readyz`).then(
          ({ status }) => status,
          () => 0,
        ),
      ),
    );
    return answers.every((status) => status === 200);
  }
});
