import { z } from 'zod';
import { getAsset } from '../../shared/domain/assets/assets.db.ts';
import { getOrder } from '../../shared/domain/orders/orders.db.ts';
import { OrderId, ServerId } from '../../shared/kernel/ids.ts';
import { nothing, step } from '../../shared/saga/step.ts';

/** Tells the tenant that the server is theirs and where its credentials can be seen. No password is ever mailed. */
export const notifyTenant = step({
  name: 'notify-tenant',
  input: z.object({ serverId: ServerId, orderId: OrderId }),
  output: z.object({ isSent: z.boolean() }),
  run: async ({ serverId, orderId }, { db, mailer, settings }) => {
    const [order, asset] = [await getOrder(db, orderId), await getAsset(db, serverId)];
    const sent = await mailer.send({
      messageId: `delivered-${serverId}-${orderId}`,
      to: order.requestedBy,
      subject: `Your server ${asset.serial} is ready`,
      text:
        `${asset.manufacturer} ${asset.model}, serial ${asset.serial}, is yours as of now.\n\nIts management ` +
        `credentials: ${settings.publicUrl}/servers/${serverId}\n`,
    });
    return { isSent: sent.outcome === 'sent' }; // the portal tells it too: a wrong address stops nothing
  },
  undo: nothing('a sent mail cannot be recalled'),
});
