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
export const deployServer = defineSaga({
  name: 'deploy-server',
  input: z.object({ orderId: OrderId, serverId: ServerId }),
  about: ({ orderId, serverId }) => ({ orderId, serverId }),
  *story(saga, { orderId, serverId }) {
    const key = `${orderId}-${serverId}`;
    // The parts do not read orderId; sagas in flight replay with it.
    const input = { orderId, serverId };
    yield* saga.child(installServer, key, input);
    yield* saga.child(discoverServer, key, input);
    yield* saga.child(validateServer, key, input);
    yield* saga.child(commissionServer, key, input);
    return { serverId };
  },
});
