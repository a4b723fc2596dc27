import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { fulfillOrder } from '../../../orchestrations/orders/fulfill-order.saga.ts';
import { awx } from '../../../shared/adapters/awx/system.ts';
import { hpeQuoting } from '../../../shared/adapters/hpe-quoting/system.ts';
import { ups } from '../../../shared/adapters/ups/system.ts';
import { getOrder } from '../../../shared/domain/orders/orders.db.ts';
import { quotesOf } from '../../../shared/domain/procurement/procurement.db.ts';
import type { Ports } from '../../../shared/ports/ports.ts';
import { placeOrder } from '../../kit/orders.ts';
import { serverInStock } from '../../kit/servers.ts';
import { aTestPlatform, type TestPlatform } from '../../kit/test-platform.ts';
import { stockConfig } from '../../simulators/shelf.ts';

let w: TestPlatform;
beforeEach(async () => {
  w = await aTestPlatform();
});
afterEach(() => w.close());

const Waiting = z.object({ waitingFor: z.string() });
const waitingFor = async (reason: RegExp): Promise<boolean> =>
  (await w.db.many(Waiting, `SELECT waiting_for AS "waitingFor" FROM saga WHERE waiting_for IS NOT NULL`)).some(
    (saga) => reason.test(saga.waitingFor),
  );
function standInFor<K extends keyof Ports>(system: { standIn(): Partial<Ports> }, port: K): Ports[K] {
  const found = system.standIn()[port];
  if (!found) throw new Error(`Nothing stands in for ${port}.`);
  return found;
}

describe('a saga that meets an outside system that is off', () => {
  it('waits with the settings that would turn it on, and goes on once it is there', async () => {
    await serverInStock(w, 'dc-nyc-01');
    const { automation } = w.deps;
    w.deps.automation = standInFor(awx, 'automation');
    const { id } = await placeOrder(w, { config: stockConfig });
    const saga = await w.start(fulfillOrder, id, { orderId: id });
    await w.engine.runUntil(() => waitingFor(/AWX is off: set AWX_URL, AWX_TOKEN\./));
    expect(
      await w.db.many(z.object({ id: z.string() }), "SELECT id FROM saga WHERE state IN ('stuck', 'failed')"),
    ).toEqual([]);

    w.deps.automation = automation;
    await w.engine.runToEnd(saga);
    expect(await getOrder(w.db, id)).toMatchObject({ state: 'fulfilled' });
  });

  it('takes everything back when nobody turns it on in time', async () => {
    await serverInStock(w, 'dc-nyc-01');
    const before = await w.snapshot();
    w.deps.automation = standInFor(awx, 'automation');
    const { id } = await placeOrder(w, { config: stockConfig });
    await w.engine.runToEnd(await w.start(fulfillOrder, id, { orderId: id }));
    expect(await getOrder(w.db, id)).toMatchObject({ state: 'failed' });
    expect(await w.snapshot()).toEqual(before);
  });

  it('follows no parcel of a carrier that is off, and says so', async () => {
    const { carriers } = w.deps;
    w.deps.carriers = [standInFor(ups, 'carrier')];
    const { id } = await placeOrder(w);
    const saga = await w.start(fulfillOrder, id, { orderId: id });
    await w.engine.runUntil(() => waitingFor(/UPS tracking is off: set UPS_URL/));
    w.deps.carriers = carriers;
    await w.engine.runToEnd(saga);
    expect(await getOrder(w.db, id)).toMatchObject({ state: 'fulfilled' });
  });

  it('buys from the vendors that are left where one cannot be asked', async () => {
    w.deps.quoting = { ...w.deps.quoting, hpe: standInFor(hpeQuoting, 'quoting') };
    const { id } = await placeOrder(w);
    await w.engine.runToEnd(await w.start(fulfillOrder, id, { orderId: id }));
    expect(await getOrder(w.db, id)).toMatchObject({ state: 'fulfilled' });
    expect(await quotesOf(w.db, id)).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ vendor: 'hpe', vendorRef: null, declinedReason: 'its quoting is off' }),
      ]),
    );
  });
});
