import { ShipmentView } from '../../shared/domain/receiving/shipments.api.ts';
import { itemsOf, listShipments as readShipments } from '../../shared/domain/receiving/shipments.db.ts';
import { shipmentView } from '../../shared/domain/receiving/views.ts';
import { httpFunction, ok } from '../../shared/http/http-function.ts';
import { cut, page, PageQuery } from '../../shared/http/paging.ts';
import { OrderId } from '../../shared/kernel/ids.ts';

export const listShipments = httpFunction({
  name: 'list-shipments',
  route: 'GET /v1/shipments',
  summary: 'What is on its way, and what has come.',
  query: PageQuery.extend({ orderId: OrderId.optional() }),
  answer: page(ShipmentView),
  allow: ({ caller }) => caller.may('shipment:read'),
  handle: async ({ caller, query }, { db }) => {
    const shipments = await readShipments(db, {
      ...query,
      datacenterIds: caller.datacenterFilter('shipment:read'),
      limit: query.limit + 1,
    });
    const { items, next } = cut(shipments, query.limit, ({ id }) => id);
    return ok({
      items: await Promise.all(items.map(async (shipment) => shipmentView(shipment, await itemsOf(db, shipment.id)))),
      next,
    });
  },
});
