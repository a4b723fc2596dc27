import { shipmentsApi } from '../../shared/domain/receiving/shipments.api.ts';
import { itemsOf, listShipments as readShipments } from '../../shared/domain/receiving/shipments.db.ts';
import { shipmentView } from '../../shared/domain/receiving/views.ts';
import { httpFunction } from '../../shared/http/http-function.ts';
import { ok } from '../../shared/http/reply.ts';
import { cut } from '../../shared/kernel/api/paging.ts';

export const listShipments = httpFunction(shipmentsApi.list, async ({ caller, query }, { db }) => {
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
});
