import { setTimeout as delay } from 'node:timers/promises';
import type { Client } from 'pg';
import { fulfillOrder } from '../../../orchestrations/orders/fulfill-order.saga.ts';
import type { SubmitOrder } from '../../../shared/domain/orders/orders.api.ts';
import { insertOrder, Order } from '../../../shared/domain/orders/orders.db.ts';
import { isoTime } from '../../../shared/kernel/clock.ts';
import { connect } from '../../../shared/kernel/database/database.ts';
import { OrderId } from '../../../shared/kernel/ids.ts';
import { newId } from '../../../shared/kernel/new-id.ts';
import { sagaId } from '../../../shared/saga/define-saga.ts';
import { usualConfig } from '../../kit/orders.ts';

const tenantId = 'acme';
const datacenterId = 'dc-nyc-01';

export const anOrder: SubmitOrder = { datacenter: datacenterId, lines: [{ quantity: 1, config: usualConfig }] };

/** Orders of long ago, done with; answers the id of one. */
export async function ordersOfHistory(url: string, count: number): Promise<string> {
  const db = connect({ url, maxConnections: 1 });
  const begin = Date.now() - 90 * 86_400_000;
  const ids = Array.from({ length: count }, (_, number) => OrderId.parse(newId('order', begin + number)));
  await db.transaction(async (tx) => {
    for (const id of ids) {
      await insertOrder(
        tx,
        Order.parse({
          id,
          tenantId,
          datacenterId,
          state: 'fulfilled',
          version: 1,
          requestedBy: 'tenant-admin@acme.example',
          sagaId: sagaId(fulfillOrder, id),
          endedReason: null,
          createdAt: isoTime(begin),
          updatedAt: isoTime(begin),
          lines: [{ id: newId('orderLine', begin), position: 1, quantity: 1, config: usualConfig }],
        }),
      );
    }
  });
  await db.close();
  return ids[count >> 1] ?? '';
}

/** Resolves when every saga waits: for a person, or for a time that is not now. */
export async function untilQuiet(sql: Client): Promise<void> {
  const isBusy = `SELECT EXISTS (SELECT FROM durable.instance WHERE owner IS NOT NULL)
    OR EXISTS (SELECT FROM durable.message WHERE NOT deferred AND visible_at < now() + interval '1 second') AS busy`;
  for (let calm = 0; calm < 3;) {
    const {
      rows: [row],
    } = await sql.query<{ busy: boolean }>(isBusy);
    calm = row?.busy ? 0 : calm + 1;
    await delay(100);
  }
}
