import { z } from 'zod';
import { ServerConfig } from '../../facts/server.ts';
import { isoTime, type Clock } from '../../kernel/clock.ts';
import { prepared, type Queryable } from '../../kernel/database/database.ts';
import { AppError } from '../../kernel/errors/app-error.ts';
import { DatacenterId, OrderId, OrderLineId, TenantId } from '../../kernel/ids.ts';
import { orderStates, OrderState } from './rules.ts';

export const OrderLine = z.object({
  id: OrderLineId,
  position: z.number().int(),
  quantity: z.number().int(),
  config: ServerConfig,
});
export const Order = z.object({
  id: OrderId,
  tenantId: TenantId,
  datacenterId: DatacenterId,
  state: OrderState,
  version: z.number().int(),
  requestedBy: z.string(),
  requestedById: z.string(),
  sagaId: z.string(),
  endedReason: z.string().nullable(),
  createdAt: z.string(),
  updatedAt: z.string(),
  lines: z.array(OrderLine),
});
export type Order = z.infer<typeof Order>;

const columns = `
  o.id, o.tenant_id AS "tenantId", o.datacenter_id AS "datacenterId", o.state, o.version,
    o.requested_by AS "requestedBy", o.requested_by_id AS "requestedById", o.saga_id AS "sagaId",
  o.ended_reason AS "endedReason", o.created_at AS "createdAt", o.updated_at AS "updatedAt",
  (SELECT jsonb_agg(jsonb_build_object('id', l.id, 'position', l.position, 'quantity', l.quantity, 'config', l.config)
    ORDER BY l.position) FROM order_line l WHERE l.order_id = o.id) AS lines`;

export async function insertOrder(tx: Queryable, order: Order): Promise<void> {
  await tx.run(
    'INSERT INTO customer_order (id, tenant_id, datacenter_id, state, requested_by, saga_id, created_at, ' +
      'updated_at, requested_by_id) VALUES ($1, $2, $3, $4, $5, $6, $7, $7, $8)',
    [
      order.id,
      order.tenantId,
      order.datacenterId,
      order.state,
      order.requestedBy,
      order.sagaId,
      order.createdAt,
      order.requestedById,
    ],
  );
  await tx.run(
    'INSERT INTO order_line (id, order_id, position, quantity, config) SELECT id, $1, position, quantity, ' +
      'config FROM jsonb_to_recordset($2) AS l (id text, position int, quantity int, config jsonb)',
    [order.id, JSON.stringify(order.lines)],
  );
}

const byId = prepared(`SELECT ${columns} FROM customer_order o WHERE o.id = $1`);
export const findOrder = (db: Queryable, id: OrderId): Promise<Order | undefined> => db.maybe(Order, byId, [id]);

export async function getOrder(db: Queryable, id: OrderId): Promise<Order> {
  const order = await findOrder(db, id);
  if (!order)
    throw new AppError({ code: 'order.unknown', kind: 'not-found', publicMessage: `There is no order ${id}.` });
  return order;
}

/** Newest first; `after` is the last id of the page before. */
export const listOrders = (
  db: Queryable,
  filter: { tenantId?: string | undefined; state?: OrderState | undefined; after?: string | undefined; limit: number },
): Promise<Order[]> =>
  db.many(
    Order,
    `SELECT ${columns} FROM customer_order o
     WHERE ($1::text IS NULL OR o.tenant_id = $1) AND ($2::text IS NULL OR o.state = $2) AND ($3::text IS NULL
       OR o.id < $3) ORDER BY o.id DESC LIMIT $4`,
    [filter.tenantId ?? null, filter.state ?? null, filter.after ?? null, filter.limit],
  );

/** Moves an order on. Being there already is success; a way the table does not know throws `conflict`. */
export async function moveOrder(
  tx: Queryable,
  clock: Clock,
  id: OrderId,
  to: OrderState,
  reason?: string,
): Promise<boolean> {
  const from = (Object.keys(orderStates) as OrderState[]).filter((state) =>
    (orderStates[state] as readonly string[]).includes(to),
  );
  const moved = await tx.run(
    'UPDATE customer_order SET state = $2, version = version + 1, ended_reason = COALESCE($3, ' +
      'ended_reason), updated_at = $4 WHERE id = $1 AND state = ANY ($5)',
    [id, to, reason ?? null, isoTime(clock.now()), from],
  );
  if (moved > 0) return true;
  const order = await getOrder(tx, id);
  if (order.state === to) return false;
  throw new AppError({
    code: 'order.wrong-state',
    kind: 'conflict',
    publicMessage: `The order is ${order.state}: it cannot become ${to}.`,
  });
}
