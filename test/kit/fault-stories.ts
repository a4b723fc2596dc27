import { decommissionServer } from '../../orchestrations/decommissioning/decommission-server.saga.ts';
import { discoverServer } from '../../orchestrations/discovery/discover-server.saga.ts';
import { validateServer } from '../../orchestrations/discovery/validate-server.saga.ts';
import { maintainServer } from '../../orchestrations/operations/maintain-server.saga.ts';
import { fulfillOrder } from '../../orchestrations/orders/fulfill-order.saga.ts';
import { getAsset } from '../../shared/domain/assets/assets.db.ts';
import { insertDecommission } from '../../shared/domain/decommissions/decommissions.db.ts';
import { insertMaintenance } from '../../shared/domain/maintenance/maintenance.db.ts';
import { isoTime } from '../../shared/kernel/clock.ts';
import { DecommissionId, MaintenanceId } from '../../shared/kernel/ids.ts';
import { newId } from '../../shared/kernel/new-id.ts';
import { sagaId } from '../../shared/saga/define-saga.ts';
import { stockConfig } from '../simulators/shelf.ts';
import { placeOrder } from './orders.ts';
import type { FaultStory } from './saga-faults.ts';
import { serverInService, serverInStock, serverOnItsWay } from './servers.ts';
import type { TestPlatform } from './test-platform.ts';

export const orderOfBought: FaultStory = {
  name: 'an order that must be bought',
  saga: fulfillOrder,
  begin: async (w, datacenter) => {
    const { id } = await placeOrder(w, { datacenter });
    return { key: id, input: { orderId: id } };
  },
};

export const orderFromStock: FaultStory = {
  name: 'an order from stock',
  saga: fulfillOrder,
  prepare: async (w, datacenter) => void (await serverInStock(w, datacenter)),
  begin: async (w, datacenter) => {
    const { id } = await placeOrder(w, { datacenter, config: stockConfig });
    return { key: id, input: { orderId: id } };
  },
};

export const maintenance: FaultStory = {
  name: 'a maintenance',
  saga: maintainServer,
  prepare: async (w, datacenter) => void (await serverInService(w, datacenter)),
  begin: async (w, datacenter) => {
    const serverId = await serverInService(w, datacenter);
    const maintenanceId = MaintenanceId.parse(newId('maintenance', w.time.now()));
    await insertMaintenance(w.db, w.deps.clock, {
      id: maintenanceId,
      serverId,
      reason: 'a fan is loud',
      requestedBy: 'ops',
      endsAt: isoTime(w.time.now()),
    });
    return { key: maintenanceId, input: { maintenanceId, serverId, reason: 'a fan is loud' } };
  },
};

export const decommission: FaultStory = {
  name: 'a decommission',
  saga: decommissionServer,
  prepare: async (w, datacenter) => void (await serverInService(w, datacenter)),
  begin: async (w, datacenter) => {
    const serverId = await serverInService(w, datacenter);
    const id = DecommissionId.parse(newId('decommission', w.time.now()));
    await insertDecommission(w.db, {
      id,
      serverId,
      tenantId: 'acme',
      reason: 'end of life',
      disposition: 'retired',
      state: 'proposed',
      requestedBy: 'ops',
      requestedById: 'ops',
      sagaId: sagaId(decommissionServer, id),
      createdAt: isoTime(w.time.now()),
    });
    return { key: id, input: { decommissionId: id, serverId } };
  },
};

/**
 * A story about a server that has come some way already: it is there before the world is looked at. `spoil` makes its
 * troubles, anew for each telling.
 */
function onItsWay(
  name: string,
  saga: FaultStory['saga'],
  to: 'cabled' | 'discovered',
  trouble: { before?: (w: TestPlatform) => void; spoil?: (w: TestPlatform, serial: string) => void } = {},
): FaultStory {
  let story: Awaited<ReturnType<typeof serverOnItsWay>> | undefined;
  return {
    name,
    saga,
    prepare: async (w, datacenter) => {
      Object.assign(w, { onLease: undefined, onReport: undefined });
      Object.assign(w.robots, { atInspection: undefined });
      w.lab.faults.clear();
      trouble.before?.(w);
      story = await serverOnItsWay(w, datacenter, to);
    },
    begin: async (w) => {
      if (!story) throw new Error('Nothing was prepared.');
      trouble.spoil?.(w, (await getAsset(w.db, story.input.serverId)).serial ?? '');
      return story;
    },
  };
}

export const discovery = onItsWay('a discovery', discoverServer, 'cabled');

/**
 * Its BMC asks for no address, then hangs until somebody has taken its power away: every remedy is needed.
 */
export const discoveryInTrouble = onItsWay('a discovery of a BMC in trouble', discoverServer, 'cabled', {
  before: (w) => (w.onLease = () => undefined),
  spoil: (w, serial) => {
    let visits = 0;
    w.lab.faults.set({
      system: 'bmc',
      path: `^/${serial}/redfish/v1/Systems`,
      times: 1_000_000,
      fault: { kind: 'status', status: 503 },
    });
    w.robots.atInspection = async (asset) => {
      w.onLease = undefined;
      if (++visits > 1) w.lab.faults.clear();
      await w.fleet.unplug(serial);
      await w.fleet.plugIn(await w.machineOf(asset));
    };
  },
});

export const validation = onItsWay('a validation', validateServer, 'discovered');

/**
 * The image does not report before somebody has come, and then finds a wrong memory module and a link that loses
 * packets: every remedy is needed, and a fix.
 */
export const validationInTrouble = onItsWay('a validation that finds trouble', validateServer, 'discovered', {
  spoil: (w, serial) => {
    w.fleet.plant(serial, { kind: 'wrong-dimm', slot: 'A1', sizeMiB: 8192 }, { kind: 'lossy-link', port: 'eno1' });
    w.onReport = () => undefined;
    w.robots.atInspection = async () => void (w.onReport = undefined);
  },
});
