import { z } from 'zod';
import { beginOrder } from '../../activities/orders/begin-order.ts';
import { completeOrder } from '../../activities/orders/complete-order.ts';
import { enterPhase } from '../../activities/orders/enter-phase.ts';
import { reserveInventory } from '../../activities/orders/reserve-inventory.ts';
import { OrderId } from '../../shared/kernel/ids.ts';
import { defineSaga } from '../../shared/saga/define-saga.ts';
import { deliverServer } from '../delivery/deliver-server.saga.ts';
import { procure } from '../procurement/procure.saga.ts';
import { receiveShipment } from '../receiving/receive-shipment.saga.ts';
import { deployServer } from './deploy-server.saga.ts';

/** A line of an order has up to 500 servers: no more than these keep technicians, tools and playbooks busy together. */
const atOnce = 100;

/**
 * Guarantees: an order ends with every server in its tenant's hands, or with nothing reserved, bought or kept.
 * Leaves behind on failure: the order as failed or cancelled, its servers cancelled, returned or back in stock.
 * Started by: POST /orders.
 *
 *   1 reserve inventory      undone by  release inventory
 *   2 request quotes                    cancel the quote requests
 *   3 approve and purchase              cancel the purchase
 *   4 track the shipment                -
 *   5 receive                           return to the vendor
 *   6 deploy                            wipe, unplug, unrack
 *   7 assign to the tenant              unassign
 */
export const fulfillOrder = defineSaga({
  name: 'fulfill-order',
  input: z.object({ orderId: OrderId }),
  about: ({ orderId }) => ({ orderId }),
  *story(saga, { orderId }) {
    yield* saga.step(beginOrder, { orderId });
    const { reserved, missing } = yield* saga.step(reserveInventory, { orderId });
    const bought = missing.length > 0 ? yield* saga.child(procure, orderId, { orderId, missing }) : { shipments: [] };
    // receive-shipment does not read orderId; sagas in flight replay with it.
    const received = yield* saga.children(
      receiveShipment,
      bought.shipments.map(({ shipmentId }) => ({ key: shipmentId, input: { orderId, shipmentId } })),
      { atOnce },
    );

    const all = [...reserved.map(({ serverId }) => serverId), ...received.flatMap(({ serverIds }) => serverIds)];
    const toDeploy = all.filter(
      (serverId) => !reserved.some((each) => each.serverId === serverId && each.state === 'READY'),
    );
    if (toDeploy.length > 0) yield* saga.step(enterPhase, { orderId, phase: 'deploying' });
    yield* saga.children(
      deployServer,
      toDeploy.map((serverId) => ({ key: `${orderId}-${serverId}`, input: { orderId, serverId } })),
      { atOnce },
    );

    yield* saga.step(enterPhase, { orderId, phase: 'delivering' });
    yield* saga.children(
      deliverServer,
      all.map((serverId) => ({ key: `${orderId}-${serverId}`, input: { orderId, serverId } })),
      { atOnce },
    );
    yield* saga.step(completeOrder, { orderId });
    return { serverIds: all };
  },
});
