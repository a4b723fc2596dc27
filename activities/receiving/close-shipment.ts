import { z } from 'zod';
import { setPurchaseState } from '../../shared/domain/procurement/procurement.db.ts';
import { setShipmentState, getShipment, itemsOfPurchase } from '../../shared/domain/receiving/shipments.db.ts';
import { ShipmentId } from '../../shared/kernel/ids.ts';
import { nothing, step } from '../../shared/saga/step.ts';

/** Everything of the shipment is here; the purchase is complete when the last one is. */
export const closeShipment = step({
  name: 'close-shipment',
  input: z.object({ shipmentId: ShipmentId }),
  output: z.object({}),
  run: async ({ shipmentId }, { db, clock }) => {
    await setShipmentState(db, clock, shipmentId, 'received');
    const { purchaseId } = await getShipment(db, shipmentId);
    if ((await itemsOfPurchase(db, purchaseId)).every(({ state }) => state === 'received'))
      await setPurchaseState(db, clock, purchaseId, 'received');
    return {};
  },
  undo: nothing('a return sets the shipment and the purchase to returned'),
});
