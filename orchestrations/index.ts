import type { SagaDefinition } from '../shared/saga/define-saga.ts';
import { decommissionServer } from './decommissioning/decommission-server.saga.ts';
import { deliverServer } from './delivery/deliver-server.saga.ts';
import { discoverServer } from './discovery/discover-server.saga.ts';
import { validateServer } from './discovery/validate-server.saga.ts';
import { maintainServer } from './operations/maintain-server.saga.ts';
import { deployServer } from './orders/deploy-server.saga.ts';
import { fulfillOrder } from './orders/fulfill-order.saga.ts';
import { procure } from './procurement/procure.saga.ts';
import { commissionServer } from './provisioning/commission-server.saga.ts';
import { installServer } from './receiving/install-server.saga.ts';
import { receiveShipment } from './receiving/receive-shipment.saga.ts';

/** Every story the platform can tell. */
export const sagas: readonly SagaDefinition[] = [
  fulfillOrder,
  procure,
  receiveShipment,
  deployServer,
  installServer,
  discoverServer,
  validateServer,
  commissionServer,
  deliverServer,
  maintainServer,
  decommissionServer,
];
