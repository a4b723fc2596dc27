import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { readEvents, verifyChain } from '../../../../shared/events/log.ts';
import { createRelay } from '../../../../shared/events/relay.ts';
import { systemClock } from '../../../../shared/kernel/clock.ts';
import { connect, type Database } from '../../../../shared/kernel/database/database.ts';
import { DatacenterId, ServerId } from '../../../../shared/kernel/ids.ts';
import { newId } from '../../../../shared/kernel/new-id.ts';
import { applyTransition, beginLife } from '../../../../shared/lifecycle/apply.ts';
import { createTestDatabase, type TestDatabase } from '../../../kit/database.ts';

let testDatabase: TestDatabase;
let db: Database;
beforeAll(async () => {
  testDatabase = await createTestDatabase();
  db = connect({ url: testDatabase.url });
  await db.run("INSERT INTO datacenter (id, name, region) VALUES ('dc-nyc-01', 'New York', 'us-east')");
  await db.run("INSERT INTO tenant (id, name) VALUES ('acme', 'Acme')");
});
afterAll(async () => {
  await db.close();
  await testDatabase.drop();
});

const config = { cpu: '2x Intel Xeon Gold 6530', ram: '512GB DDR5', storage: '4x 3.84TB NVMe', network: '2x 100GbE' };
const byStep = (stepKey: string) => ({ actor: 'test', sagaId: 'saga-1', stepKey });
const move = (id: ServerId, cause: Parameters<typeof applyTransition>[3], step: string, changes = {}) =>
  applyTransition(db, systemClock, id, cause, byStep(step), changes);
const relay = () =>
  createRelay(db, { publish: async () => {} }, (error) => {
    throw error;
  }).drain();

async function aServer(cause: 'order-accepted' | 'found-on-shelf' | 'adopted' = 'order-accepted'): Promise<ServerId> {
  const id = ServerId.parse(newId('server', Date.now()));
  await beginLife(
    db,
    systemClock,
    cause,
    { id, datacenterId: DatacenterId.parse('dc-nyc-01'), config },
    byStep('begin'),
  );
  return id;
}

describe('the single writer', () => {
  it('moves the server and says so in one event', async () => {
    const id = await aServer();
    expect(await move(id, 'quotes-requested', 'ask#1')).toEqual({
      outcome: 'moved',
      state: 'QUOTE_REQUESTED',
      version: 2,
    });
    await relay();
    const events = await readEvents(db, { subject: id, limit: 10 });
    expect(events.map(({ type }) => type)).toEqual([
      'com.rackline.assets.ordered',
      'com.rackline.assets.quote_requested',
    ]);
    expect(events[1]?.data).toMatchObject({
      serverId: id,
      from: 'ORDERED',
      to: 'QUOTE_REQUESTED',
      cause: 'quotes-requested',
      sagaId: 'saga-1',
      version: 2,
    });
  });

  it('answers a repeated step with what it did the first time', async () => {
    const id = await aServer();
    await move(id, 'quotes-requested', 'ask#1');
    expect(await move(id, 'quotes-requested', 'ask#1')).toEqual({
      outcome: 'already',
      state: 'QUOTE_REQUESTED',
      version: 2,
    });
  });

  it('refuses what the table does not know, and says why', async () => {
    const id = await aServer();
    expect(await move(id, 'racked', 'rack#1')).toEqual({
      outcome: 'refused',
      state: 'ORDERED',
      reason: "nothing called 'racked' can happen in ORDERED",
    });
  });

  it('chooses the way that fits whether a tenant holds the server', async () => {
    const id = await aServer('adopted');
    await db.run("UPDATE asset SET tenant_id = 'acme' WHERE id = $1", [id]);
    await move(id, 'decommission-proposed', 'propose#1');
    expect(await move(id, 'proposal-declined', 'decline#1')).toMatchObject({ outcome: 'moved', state: 'IN_SERVICE' });
  });

  it('changes the owner in the same statement', async () => {
    const id = await aServer('adopted');
    await move(id, 'released', 'release#1', { tenantId: null });
    expect(
      await db.maybe(z.object({ tenant_id: z.null() }), 'SELECT tenant_id FROM asset WHERE id = $1', [id]),
    ).toEqual({
      tenant_id: null,
    });
  });

  it('lets one of many simultaneous writers win', async () => {
    const id = await aServer();
    const answers = await Promise.all(Array.from({ length: 8 }, (_, n) => move(id, 'quotes-requested', `ask#${n}`)));
    expect(answers.filter(({ outcome }) => outcome === 'moved')).toHaveLength(1);
    expect(answers.filter(({ outcome }) => outcome === 'refused')).toHaveLength(7);
  });

  it('makes a server known once', async () => {
    const id = await aServer();
    await beginLife(
      db,
      systemClock,
      'order-accepted',
      { id, datacenterId: DatacenterId.parse('dc-nyc-01'), config },
      byStep('begin'),
    );
    await relay();
    expect(await readEvents(db, { subject: id, limit: 10 })).toHaveLength(1);
  });

  it('names a server that does not exist', async () => {
    await expect(move(ServerId.parse(newId('server', 0)), 'racked', 'rack#1')).rejects.toThrow('asset.unknown');
  });
});

describe('the event log', () => {
  it('is one unbroken chain, and shows a change made behind its back', async () => {
    const id = await aServer('adopted');
    await move(id, 'maintenance-started', 'm#1');
    await relay();
    const { verified, brokenAt } = await verifyChain(db);
    expect({ brokenAt, some: verified > 2 }).toEqual({ brokenAt: undefined, some: true });

    await db.run('ALTER TABLE event_log DISABLE TRIGGER event_log_is_append_only');
    await db.run(`UPDATE event_log SET data = data || '{"actor": "nobody"}' WHERE seq = 2`);
    await db.run('ALTER TABLE event_log ENABLE TRIGGER event_log_is_append_only');
    expect((await verifyChain(db)).brokenAt).toMatchObject({ sequence: 2 });
  });

  it('refuses to be rewritten', async () => {
    await expect(db.run('DELETE FROM event_log')).rejects.toThrow('append-only');
  });
});
