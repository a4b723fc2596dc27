import type { Asset } from '../../../shared/domain/assets/assets.db.ts';
import type { Order } from '../../../shared/domain/orders/orders.db.ts';
import type { SagaRow } from '../../../shared/domain/sagas/sagas.db.ts';
import { isoTime } from '../../../shared/kernel/clock.ts';
import { days, hours, minutes } from '../../../shared/kernel/durations.ts';
import { PurchaseId, ShipmentId } from '../../../shared/kernel/ids.ts';
import { newId } from '../../../shared/kernel/new-id.ts';
import { build, type Vendor } from './hardware.ts';
import { about, setState } from './order.ts';
import type { Teller } from './teller.ts';

/** What was bought is on its way, comes to the dock and is scanned by a technician. */
export async function receive(
  teller: Teller,
  order: Order,
  assets: readonly Asset[],
  vendor: Vendor,
  parent: SagaRow,
): Promise<Asset[]> {
  const { platform } = teller;
  setState(teller, order, 'shipping');
  const id = ShipmentId.parse(newId('shipment', teller.now()));
  const shipment = {
    id,
    purchaseId: PurchaseId.parse(newId('purchase', teller.now())),
    orderId: order.id,
    datacenterId: order.datacenterId,
    carrier: 'UPS',
    trackingNumber: `1Z999AA1012${id.slice(-7)}`,
    state: 'in-transit' as const,
    estimatedArrival: isoTime(teller.now() + days(2)),
    deliveredAt: null,
    lastEvent: 'Departed from facility',
    createdAt: teller.iso(),
    arrivalToldAt: null,
  };
  platform.shipments.set(id, shipment);
  for (const asset of assets) {
    Object.assign(asset, build(vendor));
    const manifest = {
      serial: asset.serial ?? '',
      manufacturer: asset.manufacturer ?? '',
      model: asset.model ?? '',
      bmcMac: asset.bmcMac ?? '',
      macs: asset.macs,
      config: asset.config,
    };
    platform.items.push({
      shipmentId: id,
      serial: manifest.serial,
      serverId: asset.id,
      manifest,
      state: 'expected',
      scanned: null,
      receivedBy: null,
      receivedAt: null,
    });
  }
  const saga = teller.begin('receive-shipment', id, { subject: id }, parent);
  for (const asset of assets) teller.move(asset, 'shipped', saga);
  platform.emit(
    'orders.shipped',
    order.id,
    {
      orderId: order.id,
      tenantId: order.tenantId,
      datacenterId: order.datacenterId,
      shipmentId: id,
      carrier: shipment.carrier,
      trackingNumber: shipment.trackingNumber,
      estimatedArrival: shipment.estimatedArrival,
      servers: assets.map((asset) => asset.id),
    },
    about(teller, order),
  );
  await teller.wait(
    saga,
    'track-shipment',
    `${shipment.carrier} ${shipment.trackingNumber}`,
    'the carrier has delivered it',
    hours(30),
  );
  Object.assign(shipment, { state: 'delivered', deliveredAt: teller.iso(), lastEvent: 'Delivered, dock 2' });
  const task = await teller.task(saga, 'receive-goods', 'receive', {
    datacenterId: order.datacenterId,
    orderId: order.id,
    shipmentId: id,
    title:
      `Receive ${assets.length} server${assets.length === 1 ? '' : 's'} from ${shipment.carrier} ` +
      `${shipment.trackingNumber}`,
    instructions: [
      'Check the packaging and photograph any damage.',
      'Scan the serial number and the MAC label of each server.',
      ...assets.map(({ manufacturer, model, serial }) => `Expect ${manufacturer} ${model}, serial ${serial}.`),
    ],
  });
  const items = platform.items.filter((each) => each.shipmentId === id);
  for (const item of items)
    if (item.state === 'expected')
      Object.assign(item, { state: 'received', receivedBy: task.completedBy, receivedAt: teller.iso() });
  const damaged = items
    .filter(({ state }) => state === 'rejected')
    .map(({ serial, scanned }) => `${serial} ${scanned?.note ?? 'is damaged'}`);
  if (damaged.length > 0) throw new Error(`not all goods are in order: ${damaged.join('; ')}`);
  for (const asset of assets) {
    teller.move(asset, 'goods-received', saga);
    await teller.step(saga, 'register-server', `${asset.serial} is a device in the inventory`, minutes(1));
  }
  Object.assign(shipment, { state: 'received' });
  await teller.step(saga, 'close-shipment', 'the shipment is closed', minutes(1));
  teller.end(saga, 'done');
  return [...assets];
}
