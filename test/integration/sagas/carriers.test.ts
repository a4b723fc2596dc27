import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { fulfillOrder } from '../../../orchestrations/orders/fulfill-order.saga.ts';
import { getOrder } from '../../../shared/domain/orders/orders.db.ts';
import { listShipments } from '../../../shared/domain/receiving/shipments.db.ts';
import { placeOrder } from '../../kit/orders.ts';
import { aTestPlatform, type TestPlatform } from '../../kit/test-platform.ts';

let w: TestPlatform;
beforeAll(async () => {
  w = await aTestPlatform();
});
afterAll(() => w.close());

describe('shipments of several carriers', () => {
  it('are each followed by the carrier that has them, whatever order the carriers are configured in', async () => {
    const carriers = w.deps.carriers;
    const shipped: string[] = [];
    for (const configured of [carriers.toReversed(), carriers]) {
      w.deps.carriers = configured;
      const { id } = await placeOrder(w);
      await w.engine.runToEnd(await w.start(fulfillOrder, id, { orderId: id }));
      expect(await getOrder(w.db, id)).toMatchObject({ state: 'fulfilled' });
      const [shipment] = await listShipments(w.db, { orderId: id, limit: 10 });
      shipped.push(shipment?.carrier ?? '');
      expect(shipment).toMatchObject({ state: 'received', deliveredAt: expect.any(String) });
    }
    expect([...new Set(shipped)].sort()).toEqual(carriers.map(({ name }) => name).sort());
  });
});
