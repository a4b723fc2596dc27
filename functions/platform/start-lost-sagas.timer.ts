import { z } from 'zod';
import { isoTime, seconds } from '../../shared/clock.ts';
import { DecommissionId, MaintenanceId, OrderId, ServerId } from '../../shared/ids.ts';
import type { Sagas } from '../../shared/saga/client.ts';
import type { World } from '../../shared/world.ts';
import { decommissionServer } from '../../orchestrations/decommissioning/decommission-server.saga.ts';
import { maintainServer } from '../../orchestrations/operations/maintain-server.saga.ts';
import { fulfillOrder } from '../../orchestrations/procurement/fulfill-order.saga.ts';

export const startLostSagasEvery = '*/15 * * * * *';

const Lost = z.object({ id: z.string(), server: z.string().nullable(), reason: z.string().nullable() });

/** What was accepted but whose saga never began (a crash between the two) is started here. Answers how many. */
export async function startLostSagas({ db, clock, log, sagas }: World & { sagas: Sagas }): Promise<number> {
  const before = isoTime(clock.now() - seconds(10));
  const lost = (select: string, saga: string) => db.many(Lost, `${select} AND created_at < $1 AND NOT EXISTS (SELECT FROM saga WHERE saga.id = '${saga}-' || wish.id)`, [before]);
  const [orders, maintenances, decommissions] = [
    await lost("SELECT id, NULL AS server, NULL AS reason FROM customer_order wish WHERE state = 'received'", fulfillOrder.name),
    await lost("SELECT id, server_id AS server, reason FROM maintenance wish WHERE state = 'requested'", maintainServer.name),
    await lost("SELECT id, server_id AS server, reason FROM decommission wish WHERE state = 'proposed'", decommissionServer.name),
  ];
  for (const { id } of orders) await sagas.start(fulfillOrder, id, { orderId: OrderId.parse(id) });
  for (const { id, server, reason } of maintenances) await sagas.start(maintainServer, id, { maintenanceId: MaintenanceId.parse(id), serverId: ServerId.parse(server), reason: reason ?? '' });
  for (const { id, server } of decommissions) await sagas.start(decommissionServer, id, { decommissionId: DecommissionId.parse(id), serverId: ServerId.parse(server) });
  const all = [...orders, ...maintenances, ...decommissions];
  for (const { id } of all) log.sagaStarted({ sagaId: id });
  return all.length;
}
