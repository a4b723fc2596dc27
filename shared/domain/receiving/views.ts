import type { z } from 'zod';
import type { ShipmentView } from './shipments.api.ts';
import type { Shipment, ShipmentItem } from './shipments.db.ts';

export const shipmentView = (shipment: Shipment, items: readonly ShipmentItem[]): z.input<typeof ShipmentView> => ({
  ...shipment,
  items: items.map(({ serial, serverId, manifest, state, receivedBy, receivedAt, scanned }) => ({
    serial,
    serverId,
    manufacturer: manifest.manufacturer,
    model: manifest.model,
    macs: manifest.macs,
    bmcMac: manifest.bmcMac,
    state,
    receivedBy,
    receivedAt,
    note: scanned?.note ?? null,
  })),
});
