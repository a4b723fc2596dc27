import type { Queryable } from '../kernel/database/database.ts';
import type { About } from './define-saga.ts';
import type { SagaPlace } from './wire.ts';

/** Writes a saga down. Answers whether that is news: it had not been known, or had only been accepted. */
export async function recordSaga(
  tx: Queryable,
  { id, name, parentId, rootId }: SagaPlace,
  { input, about }: { input: unknown; about: About },
  state: 'accepted' | 'running',
  now: string,
): Promise<boolean> {
  const written = await tx.run(record, [
    id,
    name,
    parentId,
    rootId,
    JSON.stringify(input ?? {}),
    now,
    state,
    about.orderId ?? null,
    about.serverId ?? null,
  ]);
  return written > 0;
}

// Tenant and datacenter follow from the order or the server.
const record = `
  INSERT INTO saga (id, name, parent_id, root_id, subject, order_id, server_id, tenant_id, datacenter_id, input, state,
    started_at, updated_at)
  SELECT $1, $2, $3, $4, COALESCE(about.server_id, about.order_id, $1), about.order_id, about.server_id,
    COALESCE(customer_order.tenant_id, asset.tenant_id), COALESCE(asset.datacenter_id, customer_order.datacenter_id),
      $5::jsonb, $7, $6, $6
  FROM (
    SELECT COALESCE($8, parent.order_id) AS order_id, COALESCE($9, parent.server_id) AS server_id
    FROM (SELECT) AS self LEFT JOIN saga parent ON parent.id = $3
  ) AS about
  LEFT JOIN customer_order ON customer_order.id = about.order_id
  LEFT JOIN asset ON asset.id = about.server_id
  ON CONFLICT (id) DO UPDATE SET state = EXCLUDED.state, started_at = EXCLUDED.started_at,
    updated_at = EXCLUDED.updated_at WHERE saga.state = 'accepted' AND EXCLUDED.state <> 'accepted'`;
