import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { connect, type Database } from '../../../../../shared/kernel/database/database.ts';
import { createNotices, type Notices } from '../../../../../shared/kernel/database/notices.ts';
import { createTestDatabase, type TestDatabase } from '../../../../kit/database.ts';
import { SilentProxy } from '../../../../kit/silent-proxy.ts';
import { until } from '../../../../kit/until.ts';

const limits = { connectMilliseconds: 1_000, answerMilliseconds: 1_000 };
// Far below the quarter of an hour after which the system itself would notice.
const soon = 120_000;
const unavailable = { code: 'database.unavailable', kind: 'unavailable', retryAfterSeconds: 2 };
const one = [{ one: 1 }];
const ask = (of: Pick<Database, 'many'>) => of.many(z.object({ one: z.number() }), 'SELECT 1 AS one');

let database: TestDatabase;
let elsewhere: Database;
let proxy: SilentProxy;
let db: Database;
beforeAll(async () => {
  database = await createTestDatabase();
  elsewhere = connect({ url: database.url });
  proxy = await SilentProxy.before(database.url);
});
beforeEach(() => {
  db = connect({ url: proxy.through(database.url), maxConnections: 5, limits });
});
afterEach(async () => {
  proxy.wake();
  await db.close();
});
afterAll(async () => {
  await elsewhere.close();
  await proxy.close();
  await database.drop();
});

describe('a database whose connections have fallen silent', () => {
  it('is said to be unavailable by whoever waits for it, and one who waited in vain is enough', async () => {
    await Promise.all(Array.from({ length: 5 }, () => db.many(z.unknown(), 'SELECT pg_sleep(0.05)')));
    expect(proxy.silence()).toBe(5);
    await expect(ask(db)).rejects.toMatchObject({ ...unavailable, cause: { message: 'Query read timeout' } });
    expect(await ask(db)).toEqual(one);
  });

  it('has done nothing of a transaction that was under way', async () => {
    const cutOff = db.transaction(async (tx) => {
      await tx.run("INSERT INTO tenant (id, name) VALUES ('halfway', 'Halfway')");
      proxy.silence();
      await ask(tx);
    });
    await expect(cutOff).rejects.toMatchObject(unavailable);
    expect(await db.run("SELECT FROM tenant WHERE id = 'halfway'")).toBe(0);
  });

  it('holds nobody up who closes it', async () => {
    await ask(db);
    proxy.silence();
    await db.close();
    db = connect({ url: database.url });
  });
});

describe('a database that hangs', () => {
  it('is not ready, is unavailable to everybody, and goes on when it is back', async () => {
    await ask(db);
    proxy.hang();
    await Promise.all(Array.from({ length: 20 }, () => expect(db.ping()).rejects.toMatchObject(unavailable)));
    await Promise.all(Array.from({ length: 20 }, () => expect(ask(db)).rejects.toMatchObject(unavailable)));
    proxy.wake();
    await until(
      'the database to be ready',
      () =>
        db.ping().then(
          () => true,
          () => false,
        ),
      soon,
    );
    await until(
      'it to answer',
      () =>
        ask(db).then(
          () => true,
          () => false,
        ),
      soon,
    );
  });
});

describe('a statement', () => {
  it('that takes too long is broken off by the database, and its connection is kept', async () => {
    const backend = async () =>
      (await db.many(z.object({ pid: z.number() }), 'SELECT pg_backend_pid() AS pid'))[0]?.pid;
    const before = await backend();
    await expect(db.run('SELECT pg_sleep(60)')).rejects.toMatchObject({
      code: 'database.too-slow',
      kind: 'unavailable',
      cause: { code: '57014' },
    });
    expect(await backend()).toBe(before);
  });

  it('that the database refuses is told as it is', async () => {
    await expect(db.run('SELECT 1 / 0')).rejects.toMatchObject({ code: '22012' });
  });

  it('is not even begun where too many wait already', async () => {
    const busy = Promise.all(Array.from({ length: 5 }, () => db.run('SELECT pg_sleep(0.5)')));
    const waiting = Array.from({ length: 5 * 50 + 1 }, () => ask(db));
    await expect(waiting.at(-1)).rejects.toMatchObject({
      code: 'database.overloaded',
      kind: 'no-capacity',
      retryAfterSeconds: 2,
    });
    await Promise.all([busy, ...waiting.slice(0, -1).map((each) => each.catch(() => undefined))]);
  });
});

describe('notices', () => {
  const heard: (string | undefined)[] = [];
  let notices: Notices;
  beforeEach(() => {
    heard.splice(0);
    notices = createNotices(proxy.through(database.url), () => {}, limits);
    notices.on('something', (payload) => heard.push(payload));
  });
  afterEach(() => notices.close());

  it('are heard again after their connection fell silent, with a sign that some may be missed', async () => {
    await until('the connection', () => heard.length === 1);
    heard.splice(0);
    expect(proxy.silence('rackline-notices')).toBe(1);
    elsewhere.notify('something', 'missed');
    await until('the sign', () => heard.includes(undefined), soon);
    elsewhere.notify('something', 'new');
    await until('what is told from then on', () => heard.includes('new'), soon);
  });

  it('are given when what they speak of is committed, and never when it was taken back', async () => {
    await until('the connection', () => heard.length === 1);
    await expect(
      db.transaction(async (tx) => {
        tx.notify('something', 'taken back');
        throw new Error('no');
      }),
    ).rejects.toThrow('no');
    const [begun, mayEnd] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    const committing = db.transaction(async (tx) => {
      tx.notify('something', 'committed');
      begun.resolve();
      await mayEnd.promise;
    });
    await begun.promise;
    db.notify('something', 'meanwhile');
    await until('what was told outside', () => heard.includes('meanwhile'));
    expect(heard).not.toContain('committed');
    mayEnd.resolve();
    await committing;
    await until('what was told in the transaction', () => heard.includes('committed'));
    expect(heard).not.toContain('taken back');
  });
});
