import { z } from 'zod';
import {
  assetsOfOrder,
  lockFreeStock,
  releaseReservations,
  reserveAsset,
  type AssetSummary,
} from '../../shared/domain/assets/assets.db.ts';
import { inventoryChecked } from '../../shared/domain/orders/events.ts';
import { getOrder, type Order } from '../../shared/domain/orders/orders.db.ts';
import { serves } from '../../shared/domain/validation/serves.ts';
import { appendEvents } from '../../shared/events/log.ts';
import { OrderId, OrderLineId, ServerId } from '../../shared/kernel/ids.ts';
import { State } from '../../shared/lifecycle/states.ts';
import { step } from '../../shared/saga/step.ts';

const Reserved = z.object({ serverId: ServerId, state: State });
const Missing = z.object({ orderLineId: OrderLineId, quantity: z.number().int().positive() });

/** Sets aside what the datacenter's stock can give, ready servers before boxed ones, and says what must be bought. */
export const reserveInventory = step({
  name: 'reserve-inventory',
  input: z.object({ orderId: OrderId }),
  output: z.object({ reserved: z.array(Reserved), missing: z.array(Missing) }),
  run: async ({ orderId }, { db, clock }) =>
    db.transaction(async (tx) => {
      const order = await getOrder(tx, orderId);
      const mine = await assetsOfOrder(tx, orderId);
      const free = await lockFreeStock(tx, order.datacenterId);
      const { chosen, missing } = choose(order, mine, free);
      for (const { asset, orderLineId } of chosen) await reserveAsset(tx, clock, asset.id, orderId, orderLineId);
      const reserved = [...mine, ...chosen.map(({ asset }) => asset)].map(({ id, state }) => ({ serverId: id, state }));
      if (mine.length === 0) {
        await appendEvents(tx, clock, [
          inventoryChecked({
            subject: orderId,
            tenantId: order.tenantId,
            datacenterId: order.datacenterId,
            data: {
              orderId,
              tenantId: order.tenantId,
              datacenterId: order.datacenterId,
              reserved: reserved.map(({ serverId }) => serverId),
              missing: missing.reduce((sum, { quantity }) => sum + quantity, 0),
            },
          }),
        ]);
      }
      return { reserved, missing };
    }),
  undo: {
    name: 'release-inventory',
    run: async ({ orderId }, { db, clock }) => void (await releaseReservations(db, clock, orderId)),
  },
});

/** What an earlier attempt reserved counts; the rest is taken from the free ones, first fit. */
function choose(order: Order, mine: readonly AssetSummary[], free: readonly AssetSummary[]) {
  const left = new Set(free);
  const chosen: { asset: AssetSummary; orderLineId: OrderLineId }[] = [];
  const missing: z.infer<typeof Missing>[] = [];
  for (const line of order.lines) {
    let wanted = line.quantity - mine.filter(({ orderLineId }) => orderLineId === line.id).length;
    for (const asset of left) {
      if (wanted === 0) break;
      if (!serves(asset.config, line.config)) continue;
      chosen.push({ asset, orderLineId: line.id });
      left.delete(asset);
      wanted -= 1;
    }
    if (wanted > 0) missing.push({ orderLineId: line.id, quantity: wanted });
  }
  return { chosen, missing };
}
