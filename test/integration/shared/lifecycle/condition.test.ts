import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { getAsset } from '../../../../shared/domain/assets/assets.db.ts';
import { connect, type Database } from '../../../../shared/kernel/database/database.ts';
import { DatacenterId, ServerId } from '../../../../shared/kernel/ids.ts';
import { newId } from '../../../../shared/kernel/new-id.ts';
import { applyTransition, beginLife } from '../../../../shared/lifecycle/apply.ts';
import {
  liftOwnQuarantine,
  liftQuarantine,
  noteCondition,
  quarantine,
} from '../../../../shared/lifecycle/condition.ts';
import { createTestDatabase, type TestDatabase } from '../../../kit/database.ts';
import { usualConfig } from '../../../kit/orders.ts';

let testDatabase: TestDatabase;
let db: Database;
let id: ServerId;
let now = Date.parse('2026-11-02T08:00:00Z');
const clock = { now: () => now };
beforeAll(async () => {
  testDatabase = await createTestDatabase();
  db = connect({ url: testDatabase.url });
  await db.run("INSERT INTO datacenter (id, name, region) VALUES ('dc-nyc-01', 'New York', 'us-east')");
});
beforeEach(async () => {
  now += 60_000;
  id = ServerId.parse(newId('server', now));
  await beginLife(
    db,
    clock,
    'found-on-shelf',
    { id, datacenterId: DatacenterId.parse('dc-nyc-01'), config: usualConfig },
    { actor: 'test' },
  );
});
afterAll(async () => {
  await db.close();
  await testDatabase.drop();
});

const waiting = { condition: 'waiting', for: 'a technician', reason: 'a cable', sagaId: 'saga-1' } as const;
const standing = async () => {
  const { condition, conditionDetail, conditionSince } = await getAsset(db, id);
  return { condition, conditionDetail, since: Date.parse(conditionSince) };
};
const racked = () => applyTransition(db, clock, id, 'racked', { actor: 'test' });
const eventsOf = async () =>
  (
    await db.many(z.object({ type: z.string() }), 'SELECT type FROM event_log WHERE subject = $1 ORDER BY id', [id])
  ).map(({ type }) => type.replace('com.rackline.', ''));

describe('how a server is doing', () => {
  it('is noted with for whom and since when; being noted again moves nothing', async () => {
    await noteCondition(db, clock, id, waiting);
    const first = await standing();
    expect(first).toEqual({
      condition: 'waiting',
      conditionDetail: { for: 'a technician', reason: 'a cable', sagaId: 'saga-1' },
      since: now,
    });
    now += 60_000;
    await noteCondition(db, clock, id, waiting);
    expect(await standing()).toEqual(first);
    await noteCondition(db, clock, id, { condition: 'failed', reason: 'no answer', attempts: 2, sagaId: 'saga-1' });
    expect(await standing()).toMatchObject({ condition: 'failed', conditionDetail: { attempts: 2 }, since: now });
  });

  it('is over when the server moves on', async () => {
    await noteCondition(db, clock, id, waiting);
    await racked();
    expect(await standing()).toMatchObject({ condition: 'working', conditionDetail: {} });
  });
});

describe('quarantine', () => {
  const detail = { reason: 'another serial number', sagaId: 'saga-1' };

  it('outlasts every move, and what sagas note meanwhile', async () => {
    await quarantine(db, clock, id, detail);
    const since = now;
    now += 60_000;
    await racked();
    await noteCondition(db, clock, id, waiting);
    await noteCondition(db, clock, id, { condition: 'working' });
    expect(await standing()).toEqual({ condition: 'quarantined', conditionDetail: detail, since });
  });

  it('is told once, and its reason is kept up to date by the saga that imposed it, by no other', async () => {
    await quarantine(db, clock, id, detail);
    await quarantine(db, clock, id, { ...detail, tried: ['a technician'] });
    await quarantine(db, clock, id, { reason: 'something else', sagaId: 'saga-2' });
    expect(await standing()).toMatchObject({
      conditionDetail: { reason: 'another serial number', tried: ['a technician'] },
    });
    expect((await eventsOf()).filter((type) => type === 'assets.failed')).toHaveLength(1);
  });

  it('is lifted by the saga that imposed it when its reason has gone, and not by another', async () => {
    await quarantine(db, clock, id, detail);
    await expect(liftOwnQuarantine(db, clock, id, 'saga-2', 'it is well')).resolves.toBe(false);
    await expect(liftOwnQuarantine(db, clock, id, 'saga-1', 'it is well')).resolves.toBe(true);
    await expect(liftOwnQuarantine(db, clock, id, 'saga-1', 'it is well')).resolves.toBe(false);
    expect(await standing()).toMatchObject({ condition: 'working', conditionDetail: {} });
    expect((await eventsOf()).filter((type) => type.includes('quarantine'))).toEqual(['assets.quarantine_lifted']);
  });

  it('is lifted by a person, who is told where there is none', async () => {
    await quarantine(db, clock, id, { reason: 'given up' });
    await liftQuarantine(db, clock, id, { by: 'ops', reason: 'repaired' });
    await expect(liftQuarantine(db, clock, id, { by: 'ops', reason: 'again' })).rejects.toMatchObject({
      code: 'asset.not-quarantined',
      kind: 'conflict',
    });
  });
});
