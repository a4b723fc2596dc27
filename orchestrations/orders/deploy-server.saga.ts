import { z } from 'zod';
import { OrderId, ServerId } from '../../shared/kernel/ids.ts';
import { defineSaga } from '../../shared/saga/define-saga.ts';
import { discoverServer } from '../discovery/discover-server.saga.ts';
import { validateServer } from '../discovery/validate-server.saga.ts';
import { commissionServer } from '../provisioning/commission-server.saga.ts';
import { installServer } from '../receiving/install-server.saga.ts';

/**
 * Guarantees: a server on the shelf becomes a READY one.
 * Leaves behind on failure: the server back on its shelf.
 * Started by: fulfill-order, once per server.
 */
export const deployServer = defineSaga(
  'deploy-server',
  z.object({ orderId: OrderId, serverId: ServerId }),
  function* (saga, { orderId, serverId }) {
    const [about, input] = [`${orderId}-${serverId}`, { orderId, serverId }];
    yield* saga.child(installServer, about, input);
    yield* saga.child(discoverServer, about, input);
    yield* saga.child(validateServer, about, input);
    yield* saga.child(commissionServer, about, input);
    return { serverId };
  },
);
