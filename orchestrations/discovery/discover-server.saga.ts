import { z } from 'zod';
import { awaitBmc } from '../../activities/discovery/await-bmc.ts';
import { identifyServer } from '../../activities/discovery/identify-server.ts';
import { OrderId, ServerId } from '../../shared/ids.ts';
import { defineSaga } from '../../shared/saga/define-saga.ts';

/**
 * Guarantees: the server's BMC answers, and the machine behind it is the one on the ship notice.
 * Leaves behind on failure: no address of it anywhere.
 * Started by: deploy-server; the BMC's first request for an address wakes it.
 */
export const discoverServer = defineSaga('discover-server', z.object({ orderId: OrderId, serverId: ServerId }), function* (saga, { serverId }) {
  const { address } = yield* saga.step(awaitBmc, { serverId });
  const { serial } = yield* saga.step(identifyServer, { serverId });
  return { address, serial };
});
