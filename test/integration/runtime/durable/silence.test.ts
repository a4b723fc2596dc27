import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import * as df from 'durable-functions';
import { Client } from 'pg';
import { FunctionsCore, installFunctionsCore } from '../../../../runtime/core/functions-core.ts';
import { startApp } from '../../../../runtime/core/load.ts';
import { silentLog } from '../../../../runtime/core/log.ts';
import type { DurableApp, DurableClient, DurableEngine } from '../../../../runtime/durable/contract/engine.ts';
import { createDurableApp } from '../../../../runtime/durable/durable-app.ts';
import { createPostgresClient, createPostgresEngine } from '../../../../runtime/durable/postgres/engine.ts';
import { joinWorkers } from '../../../../runtime/durable/postgres/membership.ts';
import { Connections, openConnection } from '../../../../runtime/postgres/connections.ts';
import { createTestDatabase, type TestDatabase } from '../../../kit/database.ts';
import { SilentProxy } from '../../../kit/silent-proxy.ts';
import { until } from '../../../kit/until.ts';

const limits = { connectMilliseconds: 2_000, answerMilliseconds: 2_000 };
// Far below the quarter of an hour after which the system itself would notice.
const soon = 120_000;

let database: TestDatabase;
let direct: Client;
let proxy: SilentProxy;
let app: DurableApp;
let release: () => void;
let mayEnd: Promise<void>;
const hold = () => void (mayEnd = new Promise((resolve) => (release = resolve)));

beforeAll(async () => {
  const core = new FunctionsCore();
  installFunctionsCore(core);
  df.app.activity('quick', { handler: () => 'done' });
  df.app.activity('held', { handler: () => mayEnd });
  df.app.orchestration('told', function* (context) {
    return yield context.df.waitForExternalEvent('go');
  });
  df.app.orchestration('timed', function* (context) {
    yield context.df.createTimer(new Date(context.df.getInput<number>()));
    return 'late enough';
  });
  df.app.orchestration('busy', function* (context) {
    for (let step = 0; step < context.df.getInput<number>(); step += 1) yield context.df.callActivity('quick');
    return yield context.df.callActivity('held');
  });
  await startApp(core, '.');
  app = createDurableApp(core);
  database = await createTestDatabase();
  proxy = await SilentProxy.before(database.url);
  direct = new Client({ connectionString: database.url });
  await direct.connect();
});
afterAll(async () => {
  await direct.end();
  await proxy.close();
  await database.drop();
});

const owned = async (by: number) =>
  (await direct.query('SELECT FROM durable.instance WHERE owner = $1', [by])).rowCount;
const workers = async () =>
  (await direct.query<{ id: number }>('SELECT id FROM durable.worker ORDER BY id')).rows.map(({ id }) => id);

describe.each([
  ['every connection', ''],
  ['the connections of the pool', 'application_name\0durable\0'],
  ['the connection of its session', 'durable worker'],
])('a worker of which %s falls silent', (what, words) => {
  let engine: DurableEngine;
  let client: DurableClient;
  let close: () => Promise<void>;
  const id = (name: string) => `${name} of ${what}`;
  const hasEnded = async (instanceId: string) => (await client.status(instanceId))?.status === 'Completed';
  const ids = (count: number) => Array.from({ length: count }, (_, n) => id(`busy-${n}`));

  beforeEach(async () => {
    hold();
    engine = createPostgresEngine(app, { url: proxy.through(database.url), limits });
    await engine.start();
    ({ client, close } = createPostgresClient(app, { url: database.url }));
  });
  afterEach(async () => {
    release();
    await engine.stop();
    await close();
  });

  it('joins anew: events and timers reach their instances, and nothing stays owned by the old session', async () => {
    await engine.client.start({ name: 'told', instanceId: id('told') });
    await Promise.all(
      ids(20).map((instanceId, n) => engine.client.start({ name: 'busy', instanceId, input: String(n * 5) })),
    );
    await until(
      'some to be under way',
      async () =>
        (await direct.query("SELECT FROM durable.instance WHERE name = 'busy' AND status = 'Running'")).rowCount !== 0,
    );
    const [dead = 0] = await workers();
    expect(await owned(dead)).not.toBe(0);
    await engine.client.start({ name: 'timed', instanceId: id('timed'), input: String(Date.now() + 1_000) });

    expect(proxy.silence(words)).toBeGreaterThan(0);
    await client.raiseEvent(id('told'), 'go', '"there"');

    await until('the event to be seen', () => hasEnded(id('told')), soon);
    await until('the timer to fire', () => hasEnded(id('timed')), soon);
    await until(
      'the dead session to own nothing',
      async () => (await owned(dead)) === 0 && !(await workers()).includes(dead),
      soon,
    );
    release();
    await until(
      'what was in flight to end',
      async () => (await Promise.all(ids(20).map(hasEnded))).every(Boolean),
      soon,
    );
  });
});

describe('a session', () => {
  const events = () => {
    const { promise, resolve } = Promise.withResolvers<unknown>();
    return { wake: () => {}, lost: resolve, isLost: promise };
  };
  const join = async (pool: Connections, answerMilliseconds: number, reported = events()) => {
    const connection = openConnection({ url: database.url, name: 'session', limits });
    connection.on('error', () => {});
    await connection.connect();
    const session = await joinWorkers({
      pool,
      connection,
      notifyOthers: () => {},
      events: reported,
      log: silentLog,
      silenceMilliseconds: 10_000,
      answerMilliseconds,
      previous: undefined,
    });
    return { session, reported };
  };

  it('is lost when its statements are not answered, though its heart beats and the driver says nothing', async () => {
    const neverAnswers = { query: () => new Promise(() => {}) } as unknown as Connections;
    const { session, reported } = await join(neverAnswers, 100);
    void session.poll(1, []);
    await expect(reported.isLost).resolves.toMatchObject({ message: expect.stringContaining('not answered') });
  });

  it('stores the turns it can when all of them at once take the database too long', async () => {
    const pool = new Connections({
      url: database.url,
      name: 'turns',
      limits: { ...limits, answerMilliseconds: 500 },
      max: 4,
      onIdleError: () => {},
    });
    const { session } = await join(pool, 60_000);
    const names = ['free', 'locked'];
    const instances = names.map((instanceId) => ({
      instanceId,
      executionId: 'x',
      name: 'told',
      version: null,
      status: 'Pending' as const,
      input: null,
      output: null,
      customStatus: null,
      parent: null,
      createdAt: 0,
      updatedAt: 0,
      turn: 0,
      state: null,
      lock: null,
    }));
    expect((await session.start(instances)).size).toBe(2);
    await direct.query('BEGIN');
    await direct.query("SELECT FROM durable.instance WHERE id = 'locked' FOR UPDATE");
    const step = {
      events: [],
      replacesHistory: false,
      consumed: [],
      deferred: [],
      children: [],
      outgoing: [],
      canceledTimers: [],
      offloaded: [],
      releases: true,
    };
    await expect(
      session.commit(
        instances.map((before) => ({ ...step, before, after: { ...before, status: 'Running' as const } })),
      ),
    ).rejects.toMatchObject({ code: '57014' });
    await direct.query('ROLLBACK');
    expect(
      (await direct.query('SELECT id, turn FROM durable.instance WHERE id = ANY ($1) ORDER BY id', [names])).rows,
    ).toEqual([
      { id: 'free', turn: 1 },
      { id: 'locked', turn: 0 },
    ]);
    await session.leave();
    await pool.close();
  });
});
