import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { connect, type Database } from '../../../../../shared/kernel/database/database.ts';
import { createTestDatabase, type TestDatabase } from '../../../../kit/database.ts';
import { until } from '../../../../kit/until.ts';

const Backend = z.object({ pid: z.number() });
let testDatabase: TestDatabase;
let db: Database;
let other: Database;
beforeAll(async () => {
  testDatabase = await createTestDatabase();
  [db, other] = [
    connect({ url: testDatabase.url, maxConnections: 1 }),
    connect({ url: testDatabase.url, maxConnections: 1 }),
  ];
});
afterAll(async () => {
  await db.close();
  await other.close();
  await testDatabase.drop();
});

/** As if the database had died under whoever is connected so. */
async function end({ pid }: z.infer<typeof Backend>): Promise<void> {
  await other.many(z.unknown(), 'SELECT pg_terminate_backend($1)', [pid]);
  await until(
    'the connection to be gone',
    async () => (await other.many(Backend, 'SELECT pid FROM pg_stat_activity WHERE pid = $1', [pid])).length === 0,
  );
}

describe('a time', () => {
  it.each([
    ['UTC', '2026-03-01 04:05:06+00', '2026-03-01T04:05:06.000Z'],
    ['UTC', '2026-03-01 04:05:06.7+00', '2026-03-01T04:05:06.700Z'],
    ['UTC', '2026-03-01 04:05:06.789999+00', '2026-03-01T04:05:06.789Z'],
    ['Europe/Berlin', '2026-07-01 04:05:06.78+00', '2026-07-01T04:05:06.780Z'],
    ['Asia/Kolkata', '2026-03-01 23:05:06+00', '2026-03-01T23:05:06.000Z'],
  ])('is read as ISO text with milliseconds, in a session of %s: %s', async (zone, stored, read) => {
    await db.run(`SET TIME ZONE '${zone}'`);
    expect(await db.many(z.object({ at: z.string() }), 'SELECT $1::timestamptz AS at', [stored])).toEqual([
      { at: read },
    ]);
    await db.run('RESET TIME ZONE');
  });
});

describe('a handle on behalf of somebody', () => {
  const Who = z.object({ caller: z.string(), tenant: z.string() });
  const who = `SELECT current_setting('rackline.caller') AS caller, current_setting('rackline.tenant') AS tenant`;
  const ada = { caller: "https://issuer.example#ada'; DROP TABLE asset; --", tenant: 'acme' };
  const bob = { caller: 'https://issuer.example#bob', tenant: '' };

  it('says so to each statement, and leaves the connection to the platform', async () => {
    expect(await db.as(ada).maybe(Who, who)).toEqual(ada);
    expect(await db.maybe(Who, who)).toEqual({ caller: 'platform', tenant: '*' });
    expect(await db.as(ada).as(bob).maybe(Who, who)).toEqual(bob);
  });

  it('says so in its transactions, whoever works on the other connections', async () => {
    const wide = connect({ url: testDatabase.url, maxConnections: 4 });
    const turns = Array.from({ length: 40 }, (_, at) => ({ caller: `caller-${at % 7}`, tenant: `tenant-${at % 3}` }));
    const seen = await Promise.all(
      turns.map((identity) => wide.as(identity).transaction(async (tx) => tx.maybe(Who, who))),
    );
    expect(seen).toEqual(turns);
    await wide.close();
  });

  it('leaves nothing of a statement that fails, and the connection to the platform', async () => {
    await expect(db.as(ada).run('SELECT 1 / 0')).rejects.toThrow('division by zero');
    await expect(
      db.as(ada).transaction(async (tx) => {
        await tx.run('CREATE TABLE half_done ()');
        throw new Error('given up');
      }),
    ).rejects.toThrow('given up');
    expect(await db.maybe(Who, who)).toEqual({ caller: 'platform', tenant: '*' });
    await expect(db.run('SELECT FROM half_done')).rejects.toThrow('does not exist');
  });
});

describe('what is to be done after a commit', () => {
  const Label = z.object({ label: z.string() });
  const labels = async () => (await other.many(Label, 'SELECT label FROM mark')).map(({ label }) => label);
  beforeAll(() => other.run('CREATE TABLE mark (label text NOT NULL)'));

  it('is done when others see what was written, and before the transaction answers', async () => {
    const seen: string[][] = [];
    await db.transaction(async (tx) => {
      tx.afterCommit(async () => void seen.push(await labels()));
      await tx.run("INSERT INTO mark VALUES ('kept')");
      expect(await labels()).toEqual([]);
    });
    expect(seen).toEqual([['kept']]);
  });

  it('may use the database, though it has one connection only', async () => {
    await db.transaction(async (tx) => tx.afterCommit(async () => void (await db.ping())));
    await db.transaction(async (tx) => tx.afterCommit(async () => void (await db.run('SELECT 1'))));
  });

  it('is not done where the transaction is rolled back', async () => {
    let isDone = false;
    const refused = db.transaction(async (tx) => {
      tx.afterCommit(async () => void (isDone = true));
      throw new Error('no');
    });
    await expect(refused).rejects.toThrow('no');
    expect(isDone).toBe(false);
  });
});

const goneAway = { code: 'database.unavailable', kind: 'unavailable', retryAfterSeconds: 2 };

describe('a transaction whose connection ends', () => {
  it('is nobody’s end but its own when it is between two questions', async () => {
    const cutOff = db.transaction(async (tx) => {
      const [backend] = await tx.many(Backend, 'SELECT pg_backend_pid() AS pid');
      await end(backend!);
      await tx.run('SELECT 1');
    });
    await expect(cutOff).rejects.toMatchObject({
      ...goneAway,
      cause: { message: expect.stringMatching(/terminat|closed|not queryable/i) },
    });
    expect(await db.many(z.object({ one: z.number() }), 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
  });

  it('is nobody’s end but its own when it waits for an answer', async () => {
    const started = Promise.withResolvers<z.infer<typeof Backend>>();
    const cutOff = db.transaction(async (tx) => {
      const [backend] = await tx.many(Backend, 'SELECT pg_backend_pid() AS pid');
      started.resolve(backend!);
      await tx.run('SELECT pg_sleep(60)');
    });
    await Promise.all([
      expect(cutOff).rejects.toMatchObject({ ...goneAway, cause: { message: expect.stringMatching(/terminat/i) } }),
      started.promise.then(end),
    ]);
    expect(await db.many(z.object({ one: z.number() }), 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
  });
});
