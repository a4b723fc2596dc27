import { z } from 'zod';
import { serverDelivered } from '../../shared/domain/assets/events.ts';
import { tenantSecret } from '../../shared/domain/credentials/bmc-access.ts';
import { getOrder } from '../../shared/domain/orders/orders.db.ts';
import { prove } from '../../shared/domain/proofs/proofs.db.ts';
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
  run: async ({ serverId, orderId }, { db, clock, secrets }, context) => {
    const secretRef = tenantSecret(serverId);
    const account = (await secrets.read(secretRef))?.username;
    if (account === undefined) throw new Error(`There are no credentials for the tenant of ${serverId}`);
    return db.transaction(async (tx) => {
      const { tenantId, datacenterId } = await getOrder(tx, orderId);
      await prove(tx, clock, serverId, 'handed-over', { orderId, tenantId, secretRef, account }, context);
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
    });
  },
  undo: nothing('past the point of no return'),
});
