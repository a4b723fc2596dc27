import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { taskOpened } from '../../../../shared/domain/tasks/events.ts';
import type { CloudEvent } from '../../../../shared/events/cloud-event.ts';
import { listDeadLetters, redeliver } from '../../../../shared/events/dead-letters.db.ts';
import { appendEvents, readEvents, verifyChain } from '../../../../shared/events/log.ts';
import { createRelay, type Publisher, type Relay } from '../../../../shared/events/relay.ts';
import { systemClock } from '../../../../shared/kernel/clock.ts';
import { connect, type Database } from '../../../../shared/kernel/database/database.ts';
import { silentLog } from '../../../../shared/kernel/log/log.ts';
import { createMetrics } from '../../../../shared/kernel/metrics.ts';
import { consume, consumer, consumerAttempts, type ConsumerDeps } from '../../../../shared/saga/consumer.ts';
import { createTestDatabase, patient, type TestDatabase } from '../../../kit/database.ts';

let database: TestDatabase;
let db: Database;
const published: { topic: string; key: string; event: CloudEvent }[] = [];
const collecting: Publisher = { publish: async (_tx, records) => void published.push(...records) };
const relayTo = (publisher: Publisher): Relay =>
  createRelay(db, publisher, (error) => {
    throw error;
  });
beforeAll(async () => {
  database = await createTestDatabase();
  db = connect({ url: database.url, maxConnections: 30, limits: patient });
});
beforeEach(async () => {
  await relayTo({ publish: async () => {} }).drain();
  published.splice(0);
});
afterAll(async () => {
  await db.close();
  await database.drop();
});

const opened = (subject: string, title = 'Rack it') =>
  taskOpened({
    subject,
    data: {
      taskId: subject,
      kind: 'rack',
      title,
      datacenterId: 'dc-nyc-01',
      serverId: null,
      dueAt: '2026-11-02T08:00:00.000Z',
    },
  });
const append = (...events: Parameters<typeof appendEvents>[2]) => appendEvents(db, systemClock, events);
const waiting = async () => (await db.maybe(z.object({ n: z.number() }), 'SELECT count(*) AS n FROM outbox'))?.n;

describe('appending', () => {
  it('is all or nothing with the change it tells of', async () => {
    const failing = db.transaction(async (tx) => {
      await appendEvents(tx, systemClock, [opened('rolled-back')]);
      throw new Error('the change failed');
    });
    await expect(failing).rejects.toThrow('the change failed');
    await relayTo(collecting).drain();
    expect(published).toEqual([]);
    expect(await db.run("SELECT FROM event_log WHERE subject = 'rolled-back'")).toBe(0);
  });

  it('takes nothing whose data is not what its topic promises', async () => {
    const incomplete = async () => append(taskOpened({ subject: 'x', data: { taskId: 'x' } as never }));
    await expect(incomplete()).rejects.toThrow(/title/);
    expect(await db.run("SELECT FROM event_log WHERE subject = 'x'")).toBe(0);
  });

  it('keeps the order of what is appended together', async () => {
    await append(...Array.from({ length: 50 }, (_, n) => opened(`row-${n}`)));
    await relayTo(collecting).drain();
    expect(published.map(({ event: { subject } }) => subject)).toEqual(
      Array.from({ length: 50 }, (_, n) => `row-${n}`),
    );
  });
});

describe('the relay', () => {
  it('seals everything once, in one unbroken chain, under many writers and several relays', async () => {
    const writers = Array.from({ length: 20 }, async (_, writer) => {
      for (let n = 0; n < 10; n++) {
        await append(opened(`w${writer}`, String(n)));
        if (n % 3 === 0) await relayTo(collecting).drain();
      }
    });
    await Promise.all(writers);
    await relayTo(collecting).drain();
    expect(published).toHaveLength(200);
    expect(new Set(published.map(({ event: { id } }) => id)).size).toBe(200);
    const sequences = published.map(({ event: { sequence } }) => Number(sequence));
    expect(sequences).toEqual(Array.from({ length: 200 }, (_, n) => (sequences[0] ?? 0) + n));
    for (let writer = 0; writer < 20; writer++)
      expect(published.filter(({ key }) => key === `w${writer}`).map(({ event: { data } }) => data['title'])).toEqual(
        Array.from({ length: 10 }, (_, n) => String(n)),
      );
    expect((await verifyChain(db)).brokenAt).toBeUndefined();
    expect(await waiting()).toBe(0);
  });

  it('passes on more than fits a batch in one go', async () => {
    await append(...Array.from({ length: 1201 }, (_, n) => opened(`many-${n}`)));
    expect(await relayTo(collecting).drain()).toBe(1201);
    expect(published).toHaveLength(1201);
  });

  it('that breaks off while it publishes loses nothing and leaves no gap in the chain', async () => {
    await append(opened('a'), opened('b'));
    await expect(
      relayTo({
        publish: async () => {
          throw new Error('Kafka is away');
        },
      }).drain(),
    ).rejects.toThrow('Kafka is away');
    expect(await waiting()).toBe(2);
    await relayTo(collecting).drain();
    expect(published.map(({ key }) => key)).toEqual(['a', 'b']);
    expect((await verifyChain(db)).brokenAt).toBeUndefined();
  });

  it('that dies between publishing and noting it publishes the same again, under the same ids', async () => {
    await append(opened('a'), opened('b'));
    const dying: Publisher = {
      publish: async (tx, records) => {
        await collecting.publish(tx, records);
        throw new Error('the process died');
      },
    };
    await expect(relayTo(dying).drain()).rejects.toThrow('the process died');
    await relayTo(collecting).drain();
    const [first, second] = [published.slice(0, 2), published.slice(2)];
    expect(second).toEqual(first);
  });

  it('asked again while it works looks once more when it has done', async () => {
    const relay = relayTo({
      publish: async (tx, records) => {
        if (records.some(({ key }) => key === 'first')) {
          await append(opened('second'));
          relay.kick();
        }
        await collecting.publish(tx, records);
      },
    });
    await append(opened('first'));
    relay.kick();
    while (published.length < 2) await new Promise((resolve) => setImmediate(resolve));
    expect(published.map(({ key }) => key)).toEqual(['first', 'second']);
  });
});

describe('the chain', () => {
  const tamper = async (sql: string, values: unknown[] = []) =>
    db
      .transaction(async (tx) => {
        await tx.run('ALTER TABLE event_log DISABLE TRIGGER event_log_is_append_only');
        await tx.run(sql, values);
        const found = await verifyChain(tx);
        await tx.run('ALTER TABLE event_log ENABLE TRIGGER event_log_is_append_only');
        throw Object.assign(new Error('put back'), { found });
      })
      .catch((error: { found?: unknown }) => error.found);

  let target: number;
  beforeAll(async () => {
    await append(...Array.from({ length: 5 }, (_, n) => opened(`chain-${n}`)));
    await relayTo(collecting).drain();
    target =
      (await db.maybe(z.object({ seq: z.number() }), "SELECT seq FROM event_log WHERE subject = 'chain-2'"))?.seq ?? 0;
  });

  it.each([
    ['what it says', `UPDATE event_log SET data = data || '{"title": "nothing"}' WHERE seq = $1`],
    ['whose it is', "UPDATE event_log SET tenant_id = 'globex' WHERE seq = $1"],
    ['when it was', "UPDATE event_log SET time = time + interval '1 second' WHERE seq = $1"],
    ['what it is about', "UPDATE event_log SET subject = 'another' WHERE seq = $1"],
    ['that it was', 'DELETE FROM event_log WHERE seq = $1'],
    ['its seal', "UPDATE event_log SET hash = repeat('1', 64) WHERE seq = $1"],
  ])('shows a later change of %s, and where', async (_what, sql) => {
    expect(await tamper(sql, [target])).toMatchObject({ verified: target - 1, brokenAt: { sequence: target } });
    expect((await verifyChain(db)).brokenAt).toBeUndefined();
  });

  it('does not mind in which order the database keeps the fields of an event', async () => {
    const [found] = await readEvents(db, { subject: 'chain-2', limit: 1 });
    const turned = Object.fromEntries(Object.entries(found?.data ?? {}).toReversed());
    expect(
      await tamper('UPDATE event_log SET data = $2 WHERE seq = $1', [target, JSON.stringify(turned)]),
    ).not.toHaveProperty('brokenAt');
  });

  it('cannot be rewritten by accident, sealed or not', async () => {
    await append(opened('unsealed'));
    await expect(db.run("UPDATE event_log SET data = '{}' WHERE subject = 'unsealed'")).rejects.toThrow('append-only');
    await expect(db.run('UPDATE event_log SET hash = NULL WHERE seq = $1', [target])).rejects.toThrow('append-only');
  });
});

describe('a consumer', () => {
  let behaviour: (event: CloudEvent) => Promise<void>;
  const handled: string[] = [];
  const rack = consumer({
    name: 'rack',
    topics: ['tasks.opened'],
    data: z.object({ title: z.string().max(20) }),
    handle: async (_data, _deps, of) => {
      handled.push(of.subject);
      await behaviour(of);
    },
  });
  const other = { ...rack, name: 'other' };
  const deps = () => ({ db, log: silentLog, metrics: createMetrics() }) as unknown as ConsumerDeps;
  beforeEach(() => {
    handled.splice(0);
    behaviour = async () => {};
  });
  const oneEvent = async (subject: string, title?: string) => {
    await append(opened(subject, title));
    await relayTo(collecting).drain();
    return published.at(-1)?.event;
  };
  const letters = async (state = 'open') => listDeadLetters(db, { state, limit: 200 });
  const toTheEnd = async (of: typeof rack, message: unknown) => {
    for (let attempt = 1; attempt < consumerAttempts; attempt++)
      await expect(consume(of, deps(), message, attempt)).rejects.toThrow();
    await consume(of, deps(), message, consumerAttempts);
  };

  it('handles an event once, however often it is delivered; each consumer for itself', async () => {
    const message = await oneEvent('repeated');
    for (let n = 0; n < 3; n++) await consume(rack, deps(), message, 1);
    await consume(other, deps(), message, 1);
    expect(handled).toEqual(['repeated', 'repeated']);
  });

  it('is asked again after a failure, and the event is not lost in between', async () => {
    const message = await oneEvent('at-second-try');
    behaviour = async () => {
      throw new Error('busy');
    };
    await expect(consume(rack, deps(), message, 1)).rejects.toThrow('busy');
    behaviour = async () => {};
    await consume(rack, deps(), message, 2);
    expect(handled).toHaveLength(2);
    expect((await letters()).filter(({ event: { subject } }) => subject === 'at-second-try')).toEqual([]);
  });

  it('that fails at the last attempt too has the event put aside, so that those behind it go on', async () => {
    const message = await oneEvent('dead');
    behaviour = async () => {
      throw new Error('outer', { cause: new Error('the disk is full') });
    };
    await toTheEnd(rack, message);
    expect(await letters()).toEqual(
      expect.arrayContaining([
        expect.objectContaining({
          consumer: 'rack',
          topic: 'tasks.opened',
          eventId: message?.id,
          cause: 'outer ← the disk is full',
          attempts: consumerAttempts,
          state: 'open',
        }),
      ]),
    );
  });

  it('puts an event aside whose data it does not understand', async () => {
    await toTheEnd(rack, await oneEvent('odd', 'a title of more than twenty characters'));
    expect((await letters()).find(({ event: { subject } }) => subject === 'odd')?.cause).toContain('title');
    expect(handled).toEqual([]);
  });

  it('gets an event that was put aside again, and only the one that had failed does', async () => {
    const message = await oneEvent('replayed');
    await consume(other, deps(), message, 1);
    behaviour = async () => {
      throw new Error('busy');
    };
    await toTheEnd(rack, message);
    behaviour = async () => {};
    handled.splice(0);
    published.splice(0);
    const letter = (await letters()).find(({ eventId }) => eventId === message?.id);
    expect(await redeliver({ db, clock: systemClock, publisher: collecting }, letter?.id ?? 0)).toMatchObject({
      state: 'replayed',
    });
    expect(published).toEqual([{ topic: 'tasks.opened', key: 'replayed', event: message }]);
    for (const each of [rack, other]) await consume(each, deps(), published[0]?.event, 1);
    expect(handled).toEqual(['replayed']);
  });

  it('that fails again after a replay opens the same letter again, its attempts added up', async () => {
    const message = await oneEvent('twice-dead');
    behaviour = async () => {
      throw new Error('busy');
    };
    await toTheEnd(rack, message);
    const letter = (await letters()).find(({ eventId }) => eventId === message?.id);
    await redeliver({ db, clock: systemClock, publisher: collecting }, letter?.id ?? 0);
    await toTheEnd(rack, message);
    expect((await letters()).filter(({ eventId }) => eventId === message?.id)).toMatchObject([
      { id: letter?.id, attempts: 2 * consumerAttempts, state: 'open' },
    ]);
  });

  it('is handed a letter once: a second replay of the same finds nothing to replay', async () => {
    const message = await oneEvent('one-replay');
    behaviour = async () => {
      throw new Error('busy');
    };
    await toTheEnd(rack, message);
    const id = (await letters()).find(({ eventId }) => eventId === message?.id)?.id ?? 0;
    const both = await Promise.all([1, 2].map(() => redeliver({ db, clock: systemClock, publisher: collecting }, id)));
    expect(both.filter((each) => each !== undefined)).toHaveLength(1);
  });
});
