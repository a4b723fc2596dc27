import { entriesFor, phasesOf } from '../../shared/domain/orders/order-story.ts';
import { ordersApi } from '../../shared/domain/orders/orders.api.ts';
import { findOrder } from '../../shared/domain/orders/orders.db.ts';
import { sagaFamily, stepsOf, timelineOf } from '../../shared/domain/sagas/sagas.db.ts';
import { httpFunction } from '../../shared/http/http-function.ts';
import { ok } from '../../shared/http/reply.ts';

export const orderTimeline = httpFunction(ordersApi.timeline, {
  find: findOrder,
  handle: async ({ subject: order, caller }, { db }) => {
    const family = await sagaFamily(db, order.sagaId);
    const steps = await stepsOf(
      db,
      family.map(({ id }) => id),
    );
    const entries = await timelineOf(db, { rootId: order.sagaId, limit: 2000 });
    const reader = caller.may('saga:read') ? 'staff' : 'tenant';
    return ok({ phases: phasesOf(order, family, steps, reader), entries: entriesFor(entries, reader) });
  },
});
