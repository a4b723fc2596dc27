import { z } from 'zod';
import { closeShipment } from '../../activities/receiving/close-shipment.ts';
import { receiveGoods } from '../../activities/receiving/receive-goods.ts';
import { registerServer } from '../../activities/receiving/register-server.ts';
import { trackShipment } from '../../activities/receiving/track-shipment.ts';
import { ShipmentId } from '../../shared/kernel/ids.ts';
import { defineSaga } from '../../shared/saga/define-saga.ts';

/**
 * Guarantees: every machine of the shipment has been scanned against its manifest and is a device in the inventory.
 * Leaves behind on failure: the machines returned to the vendor.
 * Started by: fulfill-order, once per shipment.
 */
export const receiveShipment = defineSaga({
  name: 'receive-shipment',
  input: z.object({ shipmentId: ShipmentId }),
  about: () => ({}), // the order of the saga that it is part of
  *story(saga, { shipmentId }) {
    yield* saga.step(trackShipment, { shipmentId });
    const { received } = yield* saga.step(receiveGoods, { shipmentId });
    for (const serverId of received) yield* saga.step(registerServer, { serverId });
    yield* saga.step(closeShipment, { shipmentId });
    return { serverIds: received };
  },
});
