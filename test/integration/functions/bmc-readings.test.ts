import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { noteReadings } from '../../../functions/operations/bmc-readings.event.ts';
import { connect, type Database } from '../../../shared/db/database.ts';
import { findBmcHealth } from '../../../shared/db/bmc-health.ts';
import { ensureDatacenter } from '../../../shared/db/datacenters.ts';
import { DatacenterId, newId, ServerId } from '../../../shared/ids.ts';
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
  await beginLife(db, { now: () => now }, 'found-on-shelf', { id, datacenterId: nyc, config: usualConfig, serial: id }, { actor: 'test' });
});
afterAll(async () => {
  await db.close();
  await database.drop();
});

const at = (minute: number) => new Date(morning + minute * 60_000).toISOString();
const note = (minute: number, reading: object, datacenter = nyc) => {
  now = morning + minute * 60_000;
  return noteReadings({ datacenter, readings: [{ serverId: id, at: at(minute), ...reading } as never] }, { db, clock: { now: () => now }, relay: { kick: () => {} } });
};
const health = async () => findBmcHealth(db, id);
const alarms = async () => (await db.many(z.object({ type: z.string(), data: z.record(z.string(), z.unknown()) }), "SELECT type, data FROM event_log WHERE subject = $1 AND type LIKE '%health%' ORDER BY time", [id])).map(({ type, data }) => ({ type: type.replace('com.rackline.health.', ''), ...data }));

describe('readings of a controller', () => {
  it('are kept, the newest by its own clock', async () => {
    await note(5, { health: 'ok', powerWatts: 310, inletCelsius: 22.5 });
    await note(0, { health: 'warning', powerWatts: 1 });
    expect(await health()).toMatchObject({ at: at(5), health: 'ok', powerWatts: 310, inletCelsius: 22.5, unreachableSince: null, lookedAt: at(5) });
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
    expect(await alarms()).toMatchObject([{ type: 'alert_warning', since: at(5) }, { type: 'alert_critical', since: at(7) }, { type: 'alert_warning', since: at(9) }]);
  });

  it('that are missing keep the last ones, and are told when it has been silent for too long', async () => {
    await note(0, { health: 'ok', powerWatts: 310 });
    await note(1, { unreachable: 'no route to host' });
    await note(3, { unreachable: 'no route to host' });
    expect(await health()).toMatchObject({ at: at(0), health: 'ok', powerWatts: 310, unreachableSince: at(1), unreachable: 'no route to host', lookedAt: at(3) });
    expect(await alarms()).toEqual([]);
    await note(10, { unreachable: 'no route to host' });
    await note(20, { unreachable: 'no route to host' });
    expect(await alarms()).toMatchObject([{ type: 'alert_warning', since: at(1), what: expect.stringContaining('no route to host') }]);
    await note(21, { health: 'ok' });
    expect(await health()).toMatchObject({ unreachableSince: null, unreachable: null, health: 'ok' });
  });
});
