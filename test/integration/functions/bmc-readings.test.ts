import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { noteReadings } from '../../../functions/health/bmc-readings.event.ts';
import { ensureDatacenter } from '../../../shared/domain/datacenters/datacenters.db.ts';
import { findBmcHealth } from '../../../shared/domain/health/bmc-health.db.ts';
import { bmcLogOf } from '../../../shared/domain/health/bmc-log.db.ts';
import { connect, type Database } from '../../../shared/kernel/database/database.ts';
import { DatacenterId, ServerId } from '../../../shared/kernel/ids.ts';
import { newId } from '../../../shared/kernel/new-id.ts';
import { beginLife } from '../../../shared/lifecycle/apply.ts';
import { createTestDatabase, type TestDatabase } from '../../kit/database.ts';
import { usualConfig } from '../../kit/orders.ts';
import { company } from '../../simulators/kit/company.ts';

const nyc = DatacenterId.parse('dc-nyc-01');
const morning = Date.parse('2026-11-02T08:00:00Z');
let database: TestDatabase;
let db: Database;
let id: ServerId;
let now: number;
beforeAll(async () => {
  database = await createTestDatabase();
  db = connect({ url: database.url });
  for (const datacenter of company.datacenters) await ensureDatacenter(db, datacenter);
});
beforeEach(async () => {
  now = morning;
  id = ServerId.parse(newId('server', now));
  await beginLife(
    db,
    { now: () => now },
    'found-on-shelf',
    { id, datacenterId: nyc, config: usualConfig, serial: id },
    { actor: 'test' },
  );
});
afterAll(async () => {
  await db.close();
  await database.drop();
});

const at = (minute: number) => new Date(morning + minute * 60_000).toISOString();
const note = (minute: number, reading: object, datacenter = nyc) => {
  now = morning + minute * 60_000;
  return noteReadings(
    { datacenter, readings: [{ serverId: id, at: at(minute), ...reading } as never] },
    { db, clock: { now: () => now }, relay: { kick: () => {} } },
  );
};
const entry = (message: string, more: object = {}) => ({ id: '1', severity: 'critical', message, ...more });
const logged = (minute: number, entries: object[], more: object = {}) =>
  note(minute, { health: 'ok', ...more, log: { entries } });
const log = async (page: Partial<Parameters<typeof bmcLogOf>[2]> = {}) =>
  (await bmcLogOf(db, id, { limit: 2000, ...page })).map(({ message }) => message);
const health = async () => findBmcHealth(db, id);
const alarms = async () =>
  (
    await db.many(
      z.object({ type: z.string(), data: z.record(z.string(), z.unknown()) }),
      "SELECT type, data FROM event_log WHERE subject = $1 AND type LIKE '%health%' ORDER BY time",
      [id],
    )
  ).map(({ type, data }) => ({ type: type.replace('com.rackline.health.', ''), ...data }));

describe('readings of a controller', () => {
  it('are kept, the newest by its own clock', async () => {
    await note(5, { health: 'ok', powerWatts: 310, inletCelsius: 22.5 });
    await note(0, { health: 'warning', powerWatts: 1 });
    expect(await health()).toMatchObject({
      at: at(5),
      health: 'ok',
      powerWatts: 310,
      inletCelsius: 22.5,
      unreachableSince: null,
      lookedAt: at(5),
    });
    expect(await alarms()).toEqual([]);
  });

  it('of a server elsewhere are not taken', async () => {
    await note(0, { health: 'ok' }, DatacenterId.parse('dc-fra-01'));
    expect(await health()).toBeUndefined();
  });

  it('that are not well are told once, and again when they get worse or come back', async () => {
    await note(0, { health: 'ok' });
    await note(5, { health: 'warning' });
    await note(6, { health: 'warning' });
    await note(7, { health: 'critical' });
    await note(8, { health: 'ok' });
    await note(9, { health: 'warning' });
    expect(await alarms()).toMatchObject([
      { type: 'alert_warning', since: at(5) },
      { type: 'alert_critical', since: at(7) },
      { type: 'alert_warning', since: at(9) },
    ]);
  });

  it('that are missing keep the last ones, and are told when it has been silent for too long', async () => {
    await note(0, { health: 'ok', powerWatts: 310 });
    await note(1, { unreachable: 'no route to host' });
    await note(3, { unreachable: 'no route to host' });
    expect(await health()).toMatchObject({
      at: at(0),
      health: 'ok',
      powerWatts: 310,
      unreachableSince: at(1),
      unreachable: 'no route to host',
      lookedAt: at(3),
    });
    expect(await alarms()).toEqual([]);
    await note(10, { unreachable: 'no route to host' });
    await note(20, { unreachable: 'no route to host' });
    expect(await alarms()).toMatchObject([
      { type: 'alert_warning', since: at(1), what: expect.stringContaining('no route to host') },
    ]);
    await note(21, { health: 'ok' });
    expect(await health()).toMatchObject({ unreachableSince: null, unreachable: null, health: 'ok' });
  });
});

describe('the sensors of a controller', () => {
  const sensors = (reading: number) => ({
    power: 'on',
    cpuPercent: 12,
    readings: [{ kind: 'fan', name: 'Fan 4', reading, unit: 'RPM', health: 'ok' }],
  });

  it('are kept from the newest look that read them', async () => {
    await note(5, { health: 'ok', sensors: sensors(9000) });
    await note(0, { health: 'ok', sensors: sensors(1) });
    await note(10, { health: 'ok', powerWatts: 310 });
    expect(await health()).toMatchObject({
      at: at(10),
      sensorsAt: at(5),
      power: 'on',
      cpuPercent: 12,
      sensors: [{ kind: 'fan', name: 'Fan 4', reading: 9000, unit: 'RPM', health: 'ok' }],
    });
  });

  it('are kept though a quick look came in the same report', async () => {
    now = morning;
    await noteReadings(
      {
        datacenter: nyc,
        readings: [
          { serverId: id, at: at(0), health: 'ok', sensors: sensors(9000) },
          { serverId: id, at: at(1), health: 'warning' },
        ] as never,
      },
      { db, clock: { now: () => now }, relay: { kick: () => {} } },
    );
    expect(await health()).toMatchObject({ health: 'warning', sensorsAt: at(0), sensors: [{ reading: 9000 }] });
  });
});

describe('the log of a controller', () => {
  it('is kept in its own order, and what is told again adds nothing', async () => {
    const [one, two, three] = [
      entry('one', { at: at(0) }),
      entry('two', { at: at(1) }),
      entry('three', { at: at(2), id: '9', code: 'PSU0003', action: 'Replace it.', severity: 'warning' }),
    ];
    await logged(0, [one, two]);
    await logged(5, [{ ...two, id: '7' }, three]); // its numbers are places, and have moved
    await logged(5, [one, two, three]);
    expect(await log()).toEqual(['three', 'two', 'one']);
    expect((await bmcLogOf(db, id, { limit: 1 }))[0]).toMatchObject({
      readAt: at(5),
      at: at(2),
      severity: 'warning',
      code: 'PSU0003',
      action: 'Replace it.',
      gap: null,
    });
  });

  it('tells entries without a date apart by their numbers', async () => {
    await logged(0, [entry('again', { id: '1' }), entry('again', { id: '2' })]);
    await logged(1, [entry('again', { id: '2' })]);
    expect(await log()).toEqual(['again', 'again']);
  });

  it('says where entries are missing, and why', async () => {
    await logged(0, [entry('before')]);
    await note(5, { health: 'ok', log: { entries: [entry('after', { id: '2' })], gap: 'cleared' } });
    expect(await log()).toEqual(['after', 'Entries are missing here: the log was cleared.', 'before']);
  });

  it('is read page by page', async () => {
    await logged(
      0,
      ['a', 'b', 'c'].map((message, index) => entry(message, { id: String(index) })),
    );
    const [last] = await bmcLogOf(db, id, { limit: 1 });
    expect(await log({ limit: 1, before: last?.sequence })).toEqual(['b']);
  });

  it('of a server elsewhere is not taken', async () => {
    await note(0, { health: 'ok', log: { entries: [entry('not yours')] } }, DatacenterId.parse('dc-fra-01'));
    expect(await log()).toEqual([]);
  });

  it('is kept up to a thousand entries', async () => {
    for (let turn = 0; turn < 6; turn++)
      await logged(
        turn,
        Array.from({ length: 200 }, (_, index) => entry(`${turn * 200 + index}`)),
      );
    const kept = await log();
    expect([kept.length, kept[0], kept.at(-1)]).toEqual([1000, '1199', '200']);
  });

  it('raises an alarm for what is critical and new, one for all of it', async () => {
    await logged(0, [entry('years ago', { id: '1' })]); // history
    await logged(5, [
      entry('a fan stopped', { id: '2', at: at(4) }),
      entry('two fans stopped', { id: '3', at: at(5) }),
      entry('warm', { id: '4', severity: 'warning' }),
    ]);
    expect(await alarms()).toEqual([
      {
        type: 'alert_critical',
        serverId: id,
        since: at(4),
        what: 'its management controller has logged: a fan stopped (and 1 more)',
      },
    ]);
  });

  it('is named in the alarm that the health raises, and raises none beside it', async () => {
    await logged(0, []);
    await logged(5, [entry('a fan stopped')], { health: 'critical' });
    await logged(6, [entry('a fan stopped', { id: '2' })], { health: 'critical' });
    expect(await alarms()).toMatchObject([
      { type: 'alert_critical', what: 'its management controller says that it is in critical health: a fan stopped' },
    ]);
  });

  it('raises none beside it either where the health follows a little later', async () => {
    await logged(0, []);
    await logged(5, [entry('a fan stopped')]);
    await note(6, { health: 'critical' });
    expect(await alarms()).toMatchObject([{ what: 'its management controller has logged: a fan stopped' }]);
  });

  it('of what comes and goes raises one within an hour', async () => {
    await logged(0, []);
    for (let minute = 1; minute <= 120; minute += 10)
      await logged(minute, [entry('the supply lost its input', { at: at(minute) })]);
    expect(await alarms()).toMatchObject([{ since: at(1) }, { since: at(61) }]);
  });
});
