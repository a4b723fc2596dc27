import { z } from 'zod';
import { serverDelivered } from '../../shared/domain/assets/events.ts';
import { getOrder } from '../../shared/domain/orders/orders.db.ts';
import { appendEvents } from '../../shared/events/log.ts';
import { AppError } from '../../shared/kernel/errors/app-error.ts';
import { OrderId, ServerId } from '../../shared/kernel/ids.ts';
import { applyTransition } from '../../shared/lifecycle/apply.ts';
import { nothing, step } from '../../shared/saga/step.ts';

/** The server is in service. From now on only an erase leads back to the pool. */
export const handOver = step({
  name: 'hand-over',
  input: z.object({ serverId: ServerId, orderId: OrderId }),
  output: z.object({}),
  run: async ({ serverId, orderId }, { db, clock }, context) =>
    db.transaction(async (tx) => {
      const { tenantId, datacenterId } = await getOrder(tx, orderId);
      const applied = await applyTransition(tx, clock, serverId, 'handed-over', context.origin);
      if (applied.outcome === 'refused')
        throw new AppError({
          code: 'lifecycle.refused',
          kind: 'conflict',
          publicMessage: `Server ${serverId} is ${applied.state}: ${applied.reason}.`,
        });
      if (applied.outcome === 'moved')
        await appendEvents(tx, clock, [
          serverDelivered({ subject: serverId, tenantId, datacenterId, data: { serverId, orderId, tenantId } }),
        ]);
      return {};
    }),
  undo: nothing('past the point of no return'),
});
