import { decommissionServer } from '../../orchestrations/decommissioning/decommission-server.saga.ts';
import { maintainServer } from '../../orchestrations/operations/maintain-server.saga.ts';
import { fulfillOrder } from '../../orchestrations/procurement/fulfill-order.saga.ts';
import { isoTime } from '../../shared/clock.ts';
import { insertDecommission } from '../../shared/db/decommissions.ts';
import { DecommissionId, MaintenanceId, newId } from '../../shared/ids.ts';
import { stockConfig } from '../simulators/shelf.ts';
import { placeOrder } from './orders.ts';
import type { FaultStory } from './saga-faults.ts';
import { serverInService, serverInStock } from './servers.ts';

export const orderOfBought: FaultStory = {
  name: 'an order that must be bought',
  saga: fulfillOrder,
  begin: async (w, datacenter) => {
    const { id } = await placeOrder(w, { datacenter });
    return { about: id, input: { orderId: id } };
  },
};

export const orderFromStock: FaultStory = {
  name: 'an order from stock',
  saga: fulfillOrder,
  prepare: async (w, datacenter) => void (await serverInStock(w, datacenter)),
  begin: async (w, datacenter) => {
    const { id } = await placeOrder(w, { datacenter, config: stockConfig });
    return { about: id, input: { orderId: id } };
  },
};

export const maintenance: FaultStory = {
  name: 'a maintenance',
  saga: maintainServer,
  prepare: async (w, datacenter) => void (await serverInService(w, datacenter)),
  begin: async (w, datacenter) => {
    const serverId = await serverInService(w, datacenter);
    const maintenanceId = MaintenanceId.parse(newId('maintenance', w.time.now()));
    const now = isoTime(w.time.now());
    await w.db.run("INSERT INTO maintenance (id, server_id, reason, state, requested_by, ends_at, created_at, updated_at) VALUES ($1, $2, 'a fan is loud', 'requested', 'ops', $3, $3, $3)", [maintenanceId, serverId, now]);
    return { about: maintenanceId, input: { maintenanceId, serverId, reason: 'a fan is loud' } };
  },
};

export const decommission: FaultStory = {
  name: 'a decommission',
  saga: decommissionServer,
  prepare: async (w, datacenter) => void (await serverInService(w, datacenter)),
  begin: async (w, datacenter) => {
    const serverId = await serverInService(w, datacenter);
    const id = DecommissionId.parse(newId('decommission', w.time.now()));
    await insertDecommission(w.db, { id, serverId, tenantId: 'acme', reason: 'end of life', disposition: 'retired', state: 'proposed', requestedBy: 'ops', createdAt: isoTime(w.time.now()) });
    return { about: id, input: { decommissionId: id, serverId } };
  },
};
