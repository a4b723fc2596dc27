import { z } from 'zod';
import { discoverServer } from '../../orchestrations/discovery/discover-server.saga.ts';
import { fulfillOrder } from '../../orchestrations/orders/fulfill-order.saga.ts';
import { installServer } from '../../orchestrations/receiving/install-server.saga.ts';
import { assetsOfOrder, recordHeight, reserveAsset } from '../../shared/domain/assets/assets.db.ts';
import { DatacenterId, OrderLineId, ServerId, type OrderId } from '../../shared/kernel/ids.ts';
import { newId } from '../../shared/kernel/new-id.ts';
import { beginLife } from '../../shared/lifecycle/apply.ts';
import { SagaEnd } from '../../shared/saga/wire.ts';
import { stockConfig, type ShelfServer } from '../simulators/shelf.ts';
import { placeOrder } from './orders.ts';
import type { TestPlatform } from './test-platform.ts';

const Found = z.object({ id: ServerId });

/** A free server of the shelf's usual kind, in stock in that datacenter. */
export async function serverInStock(w: TestPlatform, datacenter: string): Promise<ServerId> {
  const known = await w.db.maybe(
    Found,
    "SELECT id FROM asset WHERE datacenter_id = $1 AND state = 'RECEIVED' AND order_id IS NULL AND " +
      "condition = 'working' LIMIT 1",
    [datacenter],
  );
  if (known) return known.id;
  const [pattern] = w.shelf;
  if (!pattern) throw new Error('The shelf is empty.');
  const number = w.shelf.length;
  const mac = (port: number) =>
    `3c:ec:ef:01:${number.toString(16).padStart(2, '0')}:${port.toString(16).padStart(2, '0')}`;
  const item: ShelfServer = {
    ...pattern,
    datacenter,
    serial: `S5T${String(number).padStart(5, '0')}`,
    bmcMac: mac(0),
    macs: [mac(1), mac(2)],
  };
  w.shelf.push(item);
  const id = ServerId.parse(newId('server', w.time.now()));
  const datacenterId = DatacenterId.parse(datacenter);
  const { heightUnits } = await w.deps.dcim.ensureDevice({ serverId: id, ...item, datacenter: datacenterId });
  await beginLife(w.db, w.deps.clock, 'found-on-shelf', { id, datacenterId, ...item }, { actor: 'stock-taking' });
  await recordHeight(w.db, id, heightUnits);
  return id;
}

/**
 * Brings a free server of the shelf's kind to where a story begins: cabled, or known to be the right machine. Answers
 * what the story is about.
 */
export async function serverOnItsWay(
  w: TestPlatform,
  datacenter: string,
  to: 'cabled' | 'discovered',
): Promise<{ key: string; input: { orderId: OrderId; serverId: ServerId } }> {
  const serverId = await serverInStock(w, datacenter);
  const { id: orderId, lines } = await placeOrder(w, { datacenter, config: stockConfig });
  await reserveAsset(w.db, w.deps.clock, serverId, orderId, OrderLineId.parse(lines[0]?.id));
  const story = { key: `${orderId}-${serverId}`, input: { orderId, serverId } };
  await runToDone(w, await w.start(installServer, story.key, story.input));
  if (to === 'discovered') await runToDone(w, await w.start(discoverServer, story.key, story.input));
  return story;
}

async function runToDone(w: TestPlatform, sagaId: string): Promise<void> {
  const { output } = await w.engine.runToEnd(sagaId);
  const end = SagaEnd.parse(JSON.parse(output ?? 'null'));
  if (end.outcome !== 'done') throw new Error(`${sagaId} ended ${end.outcome}: ${end.reason}`);
}

/** A server that a tenant has in service; one is ordered where there is none. */
export async function serverInService(w: TestPlatform, datacenter: string): Promise<ServerId> {
  const known = await w.db.maybe(Found, "SELECT id FROM asset WHERE state = 'IN_SERVICE' LIMIT 1", []);
  if (known) return known.id;
  const { id } = await placeOrder(w, { datacenter });
  await w.engine.runToEnd(await w.start(fulfillOrder, id, { orderId: id }));
  const [delivered] = await assetsOfOrder(w.db, id);
  if (delivered?.state !== 'IN_SERVICE') throw new Error(`The order ${id} ended without a server in service.`);
  return delivered.id;
}
