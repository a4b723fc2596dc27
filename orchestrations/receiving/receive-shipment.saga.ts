import { z } from 'zod';
import { closeShipment } from '../../activities/receiving/close-shipment.ts';
import { receiveGoods } from '../../activities/receiving/receive-goods.ts';
import { registerServer } from '../../activities/receiving/register-server.ts';
import { trackShipment } from '../../activities/receiving/track-shipment.ts';
import { OrderId, ShipmentId } from '../../shared/kernel/ids.ts';
import { defineSaga } from '../../shared/saga/define-saga.ts';

/**
 * Guarantees: every machine of the shipment has been scanned against its manifest and is a device in the inventory.
 * Leaves behind on failure: the machines returned to the vendor.
 * Started by: fulfill-order, once per shipment.
 */
export const receiveShipment = defineSaga(
  'receive-shipment',
  z.object({ orderId: OrderId, shipmentId: ShipmentId }),
  function* (saga, { shipmentId }) {
    yield* saga.step(trackShipment, { shipmentId });
    const { received } = yield* saga.step(receiveGoods, { shipmentId });
    for (const serverId of received) yield* saga.step(registerServer, { serverId });
    yield* saga.step(closeShipment, { shipmentId });
    return { serverIds: received };
  },
);
