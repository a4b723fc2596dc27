import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { watchStates } from '../../../functions/fleet/watch-states.timer.ts';
import { startLostSagas } from '../../../functions/platform/start-lost-sagas.timer.ts';
import { fulfillOrder } from '../../../orchestrations/orders/fulfill-order.saga.ts';
import { ensureDatacenter } from '../../../shared/domain/datacenters/datacenters.db.ts';
import { connect, type Database } from '../../../shared/kernel/database/database.ts';
import { minutes, seconds } from '../../../shared/kernel/durations.ts';
import { DatacenterId, OrderId, ServerId } from '../../../shared/kernel/ids.ts';
import { silentLog } from '../../../shared/kernel/log/log.ts';
import { newId } from '../../../shared/kernel/new-id.ts';
import { applyTransition, beginLife } from '../../../shared/lifecycle/apply.ts';
import { createSagas } from '../../../shared/saga/client.ts';
import type { Deps } from '../../../shared/saga/deps.ts';
import { createTestDatabase, type TestDatabase } from '../../kit/database.ts';
import { usualConfig } from '../../kit/orders.ts';
import { company } from '../../simulators/kit/company.ts';

let database: TestDatabase;
let db: Database;
let now = Date.UTC(2026, 0, 1);
const clock = { now: () => now };
const deps = () => ({ db, clock, log: silentLog, relay: { kick: () => {} } }) as unknown as Deps;
beforeAll(async () => {
  database = await createTestDatabase();
  db = connect({ url: database.url });
  for (const datacenter of company.datacenters) await ensureDatacenter(db, datacenter);
});
afterAll(async () => {
  await db.close();
  await database.drop();
});

describe('the watch over states', () => {
  const aServer = async (cause: 'order-accepted' | 'found-on-shelf') => {
    const id = ServerId.parse(newId('server', now));
    await beginLife(
      db,
      clock,
      cause,
      { id, datacenterId: DatacenterId.parse('dc-nyc-01'), config: usualConfig },
      { actor: 'test' },
    );
    return id;
  };
  const alarmsOf = async (id: string) =>
    (
      await db.many(
        z.object({ what: z.string() }),
        "SELECT data ->> 'what' AS what FROM event_log WHERE subject = $1 AND type = " +
          "'com.rackline.health.alert_warning'",
        [id],
      )
    ).map(({ what }) => what);

  it('raises one alarm for a server that stays too long, and says what should have happened', async () => {
    const id = await aServer('order-accepted'); // ORDERED: an hour
    now += minutes(60);
    await watchStates(deps());
    expect(await alarmsOf(id)).toEqual([]);
    now += seconds(1);
    for (let n = 0; n < 3; n++) await watchStates(deps());
    expect(await alarmsOf(id)).toEqual(['stays in ORDERED longer than it may: ask the vendors for quotes']);
  });

  it('raises another when it stays too long in the next state', async () => {
    const id = await aServer('order-accepted');
    now += minutes(61);
    await watchStates(deps());
    await applyTransition(db, clock, id, 'quotes-requested', { actor: 'test' });
    now += minutes(24 * 60 + 1);
    await watchStates(deps());
    expect(await alarmsOf(id)).toHaveLength(2);
  });

  it('leaves a server alone that may rest where it is', async () => {
    const id = await aServer('found-on-shelf');
    now += minutes(60 * 24 * 365);
    await watchStates(deps());
    expect(await alarmsOf(id)).toEqual([]);
  });

  it('raises each alarm once though several processes watch at the same time', async () => {
    const id = await aServer('order-accepted');
    now += minutes(61);
    await Promise.all(Array.from({ length: 5 }, () => watchStates(deps())));
    expect(await alarmsOf(id)).toHaveLength(1);
  });
});

describe('what was accepted and never began', () => {
  const started: string[] = [];
  const sagas = ({ isReached = true } = {}) =>
    createSagas(deps(), {
      start: async (_name, id) => {
        if (!isReached) throw new Error('the engine does not answer');
        started.push(id);
      },
      raise: async () => {},
      status: async () => undefined,
      rewind: async () => {},
    });
  const accept = async () => {
    const id = OrderId.parse(newId('order', now));
    await db.transaction((tx) => sagas({ isReached: false }).accept(tx, fulfillOrder, id, { orderId: id }));
    return `fulfill-order-${id}`;
  };

  it('is started after a little while, not before: whoever accepted it may be about to', async () => {
    const id = await accept();
    now += seconds(9);
    await startLostSagas({ ...deps(), sagas: sagas() });
    expect(started).not.toContain(id);
    now += seconds(2);
    expect(await startLostSagas({ ...deps(), sagas: sagas() })).toBe(1);
    expect(started).toContain(id);
  });

  it('is left alone once it has begun', async () => {
    const id = await accept();
    await db.run("UPDATE saga SET state = 'running'");
    now += minutes(5);
    expect(await startLostSagas({ ...deps(), sagas: sagas() })).toBe(0);
    expect(started).not.toContain(id);
  });
});
