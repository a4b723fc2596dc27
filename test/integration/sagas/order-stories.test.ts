import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { reserveInventory } from '../../../activities/orders/reserve-inventory.ts';
import { fulfillOrder } from '../../../orchestrations/orders/fulfill-order.saga.ts';
import {
  assetsOfOrder,
  getAsset,
  lockFreeStock,
  releaseReservations,
  reserveAsset,
} from '../../../shared/domain/assets/assets.db.ts';
import { getOrder } from '../../../shared/domain/orders/orders.db.ts';
import { quotesOf } from '../../../shared/domain/procurement/procurement.db.ts';
import { findingsOf } from '../../../shared/domain/validation/findings.db.ts';
import type { OrderId } from '../../../shared/kernel/ids.ts';
import { liftQuarantine } from '../../../shared/lifecycle/condition.ts';
import { sagaId } from '../../../shared/saga/define-saga.ts';
import { placeOrder, usualConfig } from '../../kit/orders.ts';
import { serverInStock } from '../../kit/servers.ts';
import { aTestPlatform, type TestPlatform } from '../../kit/test-platform.ts';
import { until } from '../../kit/until.ts';
import { stockConfig } from '../../simulators/shelf.ts';

let w: TestPlatform;
let before: unknown;
beforeAll(async () => {
  w = await aTestPlatform();
});
beforeEach(async () => {
  Object.assign(w.robots, {
    decision: 'approved',
    goodsAre: 'good',
    areAtWork: true,
    nextMistake: undefined,
    atInspection: undefined,
    leavesCablesLoose: false,
  });
  w.onReport = undefined;
  before = await w.snapshot();
});
afterAll(() => w.close());

async function run(id: OrderId): Promise<void> {
  await w.engine.runToEnd(await w.start(fulfillOrder, id, { orderId: id }));
}
/** Every state the order's servers went through, each once, in order. */
async function statesOf(orderId: OrderId): Promise<string[]> {
  const moves = await w.db.many(
    z.object({ to: z.string() }),
    "SELECT data ->> 'to' AS to FROM event_log WHERE data ->> 'orderId' = $1 AND data ->> 'to' IS NOT NULL " +
      'ORDER BY seq, time',
    [orderId],
  );
  return [...new Set(moves.map(({ to }) => to))];
}
const tasksOf = async (orderId: OrderId): Promise<string[]> =>
  (
    await w.db.many(z.object({ kind: z.string() }), 'SELECT kind FROM task WHERE order_id = $1 ORDER BY id', [orderId])
  ).map(({ kind }) => kind);

describe('an order', () => {
  it('of what nobody has in stock is bought, received, racked, checked, commissioned and delivered', async () => {
    const { id } = await placeOrder(w);
    await run(id);
    expect(await getOrder(w.db, id)).toMatchObject({ state: 'fulfilled' });
    expect(await statesOf(id)).toEqual([
      'ORDERED',
      'QUOTE_REQUESTED',
      'QUOTE_RECEIVED',
      'PURCHASE_APPROVED',
      'SHIPMENT_TRACKING',
      'RECEIVED',
      'RACKED',
      'CABLED',
      'POWERED_ON',
      'DISCOVERED',
      'PHYSICAL_VALIDATED',
      'FIRMWARE_UPDATING',
      'HARDENED',
      'STAGED',
      'PROVISIONED_TO_VENDOR_TOOL',
      'READY',
      'ASSIGNED_TO_TENANT',
      'IN_SERVICE',
    ]);
    expect(await assetsOfOrder(w.db, id)).toMatchObject([
      { state: 'IN_SERVICE', tenantId: 'acme', condition: 'working' },
    ]);
    expect(w.lab.effects.repeated()).toEqual([]);
  });

  it('is delivered with every component at its vendor tool’s baseline or newer, read back', async () => {
    const { id } = await placeOrder(w);
    await run(id);
    const [server] = await assetsOfOrder(w.db, id);
    const updated = await w.db.many(
      z.object({ component: z.string(), version: z.string() }),
      "SELECT data ->> 'component' AS component, data ->> 'version' AS version FROM event_log WHERE type " +
        "LIKE '%firmware.update_completed' AND subject = $1 ORDER BY time",
      [server?.id],
    );
    expect(updated.map(({ component }) => component)).toEqual(['bios', 'bmc', 'nic']);
    const installed = w.fleet.record(server?.serial ?? '')?.firmware;
    for (const { component, version } of updated)
      expect(installed).toMatchObject({ [component]: { version, changes: 1 } });
  });

  it('of what is in stock takes the short way: nothing is quoted, approved or shipped', async () => {
    await serverInStock(w, 'dc-nyc-01');
    const { id } = await placeOrder(w, { config: stockConfig });
    await run(id);
    expect(await getOrder(w.db, id)).toMatchObject({ state: 'fulfilled' });
    expect(await assetsOfOrder(w.db, id)).toMatchObject([
      { state: 'IN_SERVICE', tenantId: 'acme', datacenterId: 'dc-nyc-01', origin: 'stock' },
    ]);
    expect(await quotesOf(w.db, id)).toEqual([]);
    expect(await tasksOf(id)).toEqual(['rack', 'cable']);
  });

  it.each([
    ['leaves it', 0],
    ['takes it', 1],
  ] as const)(
    'that finds the shelf being looked through waits, and buys nothing that the other order, which %s, has left there',
    async (_does, taken) => {
      const onShelf = await serverInStock(w, 'dc-sin-01');
      const [other, mine] = [
        await placeOrder(w, { config: stockConfig, datacenter: 'dc-sin-01' }),
        await placeOrder(w, { config: stockConfig, datacenter: 'dc-sin-01' }),
      ];
      const isWaiting = async () =>
        (
          await w.db.many(
            z.object({}),
            "SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'",
          )
        ).length > 0;
      const { reserving } = await w.db.transaction(async (tx) => {
        const [free] = await lockFreeStock(tx, mine.datacenterId);
        const begun = Promise.resolve(reserveInventory.run({ orderId: mine.id }, w.deps, {} as never));
        await Promise.race([begun, until('the second order to wait for the shelf', isWaiting)]);
        if (taken && free && other.lines[0]) await reserveAsset(tx, w.deps.clock, free.id, other.id, other.lines[0].id);
        return { reserving: begun };
      });
      expect(await reserving).toMatchObject({
        outcome: 'done',
        output: taken
          ? { reserved: [], missing: [{ quantity: 1 }] }
          : { reserved: [{ serverId: onShelf }], missing: [] },
      });
      for (const order of [other, mine]) await releaseReservations(w.db, w.deps.clock, order.id);
    },
  );

  it('of several servers delivers all of them, some from stock and the others bought', async () => {
    await serverInStock(w, 'dc-fra-01');
    const { id } = await placeOrder(w, { config: stockConfig, quantity: 5, datacenter: 'dc-fra-01' });
    await run(id);
    const servers = await assetsOfOrder(w.db, id);
    expect(servers.map(({ state }) => state)).toEqual(Array.from({ length: 5 }, () => 'IN_SERVICE'));
    expect(new Set(servers.map(({ origin }) => origin))).toEqual(new Set(['stock', 'bought']));
    expect(new Set(servers.map(({ rackName, rackUnit }) => `${rackName} ${rackUnit}`)).size).toBe(5);
  });

  it('whose purchase is rejected ends failed with approver and reason, and leaves nothing behind', async () => {
    w.robots.decision = 'rejected';
    const { id } = await placeOrder(w);
    await run(id);
    expect(await getOrder(w.db, id)).toMatchObject({
      state: 'failed',
      endedReason: expect.stringContaining('rejected the purchase'),
    });
    expect(await w.snapshot()).toEqual(before);
  });

  it('on which nobody decides within five days ends as failed', async () => {
    w.robots.areAtWork = false;
    const { id } = await placeOrder(w);
    await run(id);
    expect(await getOrder(w.db, id)).toMatchObject({
      state: 'failed',
      endedReason: expect.stringContaining('nobody decided'),
    });
    expect(await w.snapshot()).toEqual(before);
  });

  it('whose goods arrive damaged sends them back to the vendor', async () => {
    w.robots.goodsAre = 'damaged';
    const { id } = await placeOrder(w);
    await run(id);
    expect(await getOrder(w.db, id)).toMatchObject({
      state: 'failed',
      endedReason: expect.stringContaining('is damaged'),
    });
    expect(await w.snapshot()).toEqual(before);
  });

  it('that neither vendor can build ends as failed with their reasons', async () => {
    const { id } = await placeOrder(w, { config: { ...usualConfig, cpu: '4x Itanium 9760' } });
    await run(id);
    expect(await getOrder(w.db, id)).toMatchObject({
      state: 'failed',
      endedReason: expect.stringContaining('Itanium'),
    });
    expect(await w.snapshot()).toEqual(before);
  });

  it('that is cancelled while it waits for approval ends as cancelled', async () => {
    w.robots.areAtWork = false;
    const { id } = await placeOrder(w);
    const saga = await w.start(fulfillOrder, id, { orderId: id });
    await w.engine.runUntil(
      async () =>
        (await w.db.maybe(
          z.object({ id: z.string() }),
          "SELECT id FROM approval WHERE order_id = $1 AND state = 'open'",
          [id],
        )) !== undefined,
    );
    await w.sagas.cancel(saga, { by: 'Ada Acme', reason: 'the project was stopped' });
    await w.engine.runToEnd(saga);
    expect(await getOrder(w.db, id)).toMatchObject({
      state: 'cancelled',
      endedReason: expect.stringContaining('the project was stopped'),
    });
    expect(await w.snapshot()).toEqual(before);
  });

  it('that has been delivered can no longer be cancelled', async () => {
    const { id } = await placeOrder(w);
    await run(id);
    await expect(
      w.sagas.cancel(sagaId(fulfillOrder, id), { by: 'Ada Acme', reason: 'too late' }),
    ).rejects.toMatchObject({ code: 'saga.ended' });
  });
});

describe('a server that is not what it should be', () => {
  it.each([
    [
      'a memory module is missing',
      'memory',
      (server) => [{ kind: 'missing-dimm', slot: server.memory[0]?.slot ?? '' }],
    ],
    ['a drive is missing', 'drive', (server) => [{ kind: 'missing-drive', name: server.drives[0]?.name ?? '' }]],
    [
      'a cable is in the wrong switch',
      'cable',
      (server) => [
        {
          kind: 'wrong-cable',
          localPort: server.cables[0]?.localPort ?? '',
          switchName: 'sw-of-somebody-else',
          switchPort: 'Ethernet9',
        },
      ],
    ],
    ['a link is down', 'cable', (server) => [{ kind: 'link-down', port: server.cables[0]?.localPort ?? '' }]],
  ] as const satisfies readonly (readonly [string, string, NonNullable<TestPlatform['robots']['nextMistake']>])[])(
    'is put right by a technician and delivered: %s',
    async (_what, kind, mistake) => {
      w.robots.nextMistake = mistake;
      const { id } = await placeOrder(w);
      await run(id);
      expect(await tasksOf(id)).toEqual(['receive', 'rack', 'cable', 'fix']);
      const findings = await w.db.many(
        z.object({ kind: z.string(), isOpen: z.boolean() }),
        `SELECT kind, resolved_at IS NULL AS "isOpen" FROM finding WHERE severity = 'major' AND server_id = (SELECT id
          FROM asset WHERE order_id = $1)`,
        [id],
      );
      expect(findings).toEqual([{ kind, isOpen: false }]);
      expect(await getOrder(w.db, id)).toMatchObject({ state: 'fulfilled' });
    },
  );

  it('is put right also where the vendor names its parts: a drive that went into another machine', async () => {
    w.robots.nextMistake = (server) => [
      { kind: 'wrong-serial', component: server.drives[0]?.name ?? '', serial: 'OF-ANOTHER-MACHINE' },
    ];
    const { id } = await placeOrder(w);
    await run(id);
    const [server] = await assetsOfOrder(w.db, id);
    const findings = await findingsOf(w.db, server!.id);
    expect((await getAsset(w.db, server!.id)).manifest?.parts?.length).toBeGreaterThan(4);
    expect(findings.filter(({ severity }) => severity === 'major')).toMatchObject([
      {
        kind: 'drive',
        expected: expect.any(String),
        found: 'not in this machine; instead OF-ANOTHER-MACHINE',
        resolvedAt: expect.any(String),
      },
    ]);
    expect(await getOrder(w.db, id)).toMatchObject({ state: 'fulfilled' });
  });

  it.each([
    [
      'another machine than was shipped',
      () => (w.robots.nextMistake = () => [{ kind: 'wrong-serial', component: 'system', serial: 'NOT-OURS' }]),
      'the machine that was cabled has another serial number',
      'NOT-OURS',
    ],
    [
      'one whose BMC never asks for an address',
      () => (w.robots.leavesCablesLoose = true),
      'the BMC of a server asks for no address',
      'no address for 30 minutes',
    ],
    [
      'one that never runs the validation image',
      () => (w.onReport = () => undefined),
      'a server does not run the validation image',
      'has not reported for 20 minutes',
    ],
  ])(
    'and cannot be helped ends the order, which says no more than a tenant may read, and goes back in quarantine: %s',
    async (_what, spoil, instruction, known) => {
      spoil();
      w.robots.atInspection = async () => {};
      const { id } = await placeOrder(w);
      await run(id);
      const ended = await getOrder(w.db, id);
      expect(ended).toMatchObject({ state: 'failed', endedReason: expect.stringContaining(instruction) });
      expect(ended.endedReason).not.toMatch(/http|127\.|NOT-OURS|robot/);
      const [asset] = await w.db.many(
        z.object({
          state: z.string(),
          condition: z.string(),
          detail: z.object({ reason: z.string(), tried: z.array(z.string()) }),
        }),
        'SELECT state, condition, condition_detail AS detail FROM asset WHERE bought_for = $1',
        [id],
      );
      expect(asset).toMatchObject({
        state: 'RETURNED_TO_VENDOR',
        condition: 'quarantined',
        detail: {
          reason: expect.stringContaining(known),
          tried: expect.arrayContaining([expect.stringContaining('a technician looks at it')]),
        },
      });
      expect(await w.snapshot()).toEqual(before);
    },
  );

  it('and cannot be helped is not given to the next order that its shelf could serve', async () => {
    const spoiled = await serverInStock(w, 'dc-lon-01');
    w.robots.leavesCablesLoose = true;
    w.robots.atInspection = async () => {};
    const first = await placeOrder(w, { config: stockConfig, datacenter: 'dc-lon-01' });
    await run(first.id);
    expect(await getOrder(w.db, first.id)).toMatchObject({ state: 'failed' });
    expect(await getAsset(w.db, spoiled)).toMatchObject({ state: 'RECEIVED', condition: 'quarantined', orderId: null });

    Object.assign(w.robots, { leavesCablesLoose: false, atInspection: undefined });
    const second = await placeOrder(w, { config: stockConfig, datacenter: 'dc-lon-01' });
    await run(second.id);
    expect((await assetsOfOrder(w.db, second.id)).map(({ id }) => id)).not.toContain(spoiled);
    await liftQuarantine(w.db, w.deps.clock, spoiled, { by: 'ops@rackline.example', reason: 'the cable was broken' });
    expect(await getAsset(w.db, spoiled)).toMatchObject({ condition: 'working', conditionDetail: {} });
  });
});
