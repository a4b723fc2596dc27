import { z } from 'zod';
import { assignServer } from '../../activities/delivery/assign-server.ts';
import { handOver } from '../../activities/delivery/hand-over.ts';
import { issueBmcAccess } from '../../activities/delivery/issue-bmc-access.ts';
import { notifyTenant } from '../../activities/delivery/notify-tenant.ts';
import { OrderId, ServerId } from '../../shared/kernel/ids.ts';
import { defineSaga } from '../../shared/saga/define-saga.ts';

/**
 * Guarantees: the server is its tenant's, with credentials nobody else has seen.
 * Leaves behind on failure: the server READY in the pool, no account and no secret of the tenant.
 * Started by: fulfill-order, once per server.
 */
export const deliverServer = defineSaga({
  name: 'deliver-server',
  input: z.object({ orderId: OrderId, serverId: ServerId }),
  about: ({ orderId, serverId }) => ({ orderId, serverId }),
  *story(saga, { orderId, serverId }) {
    const { tenantId } = yield* saga.step(assignServer, { serverId, orderId });
    yield* saga.step(issueBmcAccess, { serverId, tenantId });
    saga.pointOfNoReturn('the tenant is about to hold working credentials');
    yield* saga.step(handOver, { serverId, orderId });
    yield* saga.step(notifyTenant, { serverId, orderId });
    return { serverId };
  },
});
