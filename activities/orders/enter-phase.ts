import { z } from 'zod';
import { moveOrder } from '../../shared/domain/orders/orders.db.ts';
import { OrderId } from '../../shared/kernel/ids.ts';
import { nothing, step } from '../../shared/saga/step.ts';

/** Says to everybody who watches the order what is happening to it now. */
export const enterPhase = step({
  name: 'enter-phase',
  input: z.object({ orderId: OrderId, phase: z.enum(['deploying', 'delivering']) }),
  output: z.object({}),
  run: async ({ orderId, phase }, { db, clock }) => {
    await moveOrder(db, clock, orderId, phase);
    return {};
  },
  undo: nothing('closing the order says how it ended'),
});
