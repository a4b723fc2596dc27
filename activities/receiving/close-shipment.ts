import { z } from 'zod';
import { setPurchaseState } from '../../shared/domain/procurement/procurement.db.ts';
import { getShipment, itemsOfPurchase } from '../../shared/domain/receiving/shipments.db.ts';
import { isoTime } from '../../shared/kernel/clock.ts';
import { ShipmentId } from '../../shared/kernel/ids.ts';
import { nothing, step } from '../../shared/saga/step.ts';

/** Everything of the shipment is here; the purchase is complete when the last one is. */
export const closeShipment = step({
  name: 'close-shipment',
  input: z.object({ shipmentId: ShipmentId }),
  output: z.object({}),
  run: async ({ shipmentId }, { db, clock }) => {
    await db.run("UPDATE shipment SET state = 'received', updated_at = $2 WHERE id = $1", [
      shipmentId,
      isoTime(clock.now()),
    ]);
    const { purchaseId } = await getShipment(db, shipmentId);
    if ((await itemsOfPurchase(db, purchaseId)).every(({ state }) => state === 'received'))
      await setPurchaseState(db, clock, purchaseId, 'received');
    return {};
  },
  undo: nothing('a return sets the shipment and the purchase to returned'),
});
