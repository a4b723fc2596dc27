import type { Asset } from '../../../shared/domain/assets/assets.db.ts';
import type { Order } from '../../../shared/domain/orders/orders.db.ts';
import type { SagaRow } from '../../../shared/domain/sagas/sagas.db.ts';
import { deliver, deploy } from './deploy.ts';
import { about, serversIn, setState } from './order.ts';
import { procure } from './procure.ts';
import { receive } from './receive.ts';
import { takeBack } from './take-back.ts';
import { Cancelled, type Teller } from './teller.ts';

/** The story of an order, in the platform's own steps. Where a person has to act it waits for that person. */
export async function fulfil(teller: Teller, order: Order): Promise<void> {
  const { platform } = teller;
  const saga = teller.begin('fulfill-order', order.id, {
    subject: order.id,
    orderId: order.id,
    tenantId: order.tenantId,
    datacenterId: order.datacenterId,
  });
  platform.emit(
    'orders.created',
    order.id,
    {
      orderId: order.id,
      tenantId: order.tenantId,
      datacenterId: order.datacenterId,
      lines: order.lines,
      requestedBy: order.requestedBy,
    },
    about(teller, order),
  );
  try {
    await teller.step(saga, 'begin-order', 'the order is accepted');
    setState(teller, order, 'checking');
    const stock = fromStock(teller, order);
    await teller.step(
      saga,
      'reserve-inventory',
      stock.length > 0 ? `${stock.length} from stock` : 'nothing on the shelf fits: it has to be bought',
    );
    const assets = stock.length > 0 ? stock : await buy(teller, order, saga);
    setState(teller, order, 'deploying');
    await Promise.all(
      assets.filter(({ state }) => state !== 'READY').map((asset) => deploy(teller, order, asset, saga)),
    );
    setState(teller, order, 'delivering');
    for (const asset of assets) await deliver(teller, order, asset, saga);
    await teller.step(saga, 'complete-order', 'every server is in the hands of its tenant');
    setState(teller, order, 'fulfilled');
    teller.end(saga, 'done');
    platform.emit(
      'orders.fulfilled',
      order.id,
      {
        orderId: order.id,
        tenantId: order.tenantId,
        datacenterId: order.datacenterId,
        servers: assets.map(({ id }) => id),
      },
      about(teller, order),
    );
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    await takeBack(teller, order, saga, reason, error instanceof Cancelled ? 'cancelled' : 'failed');
  }
}

/** All or nothing: the mock never splits an order between stock and vendor. */
function fromStock({ platform }: Teller, order: Order): Asset[] {
  const first = order.lines[0];
  const free = [...platform.assets.values()].filter(
    ({ state, orderId, datacenterId, config }) =>
      state === 'READY' && orderId === null && datacenterId === order.datacenterId && config.cpu === first?.config.cpu,
  );
  if (free.length < serversIn(order)) return [];
  return free.slice(0, serversIn(order)).map((asset) => Object.assign(asset, { orderId: order.id }));
}

async function buy(teller: Teller, order: Order, saga: SagaRow): Promise<Asset[]> {
  const { assets, vendor } = await procure(teller, order, saga);
  return receive(teller, order, assets, vendor, saga);
}
