import { z } from 'zod';

export const ShipmentItemView = z.object({
  serial: z.string(),
  serverId: z.string(),
  manufacturer: z.string(),
  model: z.string(),
  macs: z.array(z.string()),
  bmcMac: z.string(),
  state: z.string(),
  receivedBy: z.string().nullable(),
  receivedAt: z.string().nullable(),
  note: z.string().nullable(),
});
export const ShipmentView = z.object({
  id: z.string(),
  orderId: z.string(),
  datacenterId: z.string(),
  carrier: z.string(),
  trackingNumber: z.string(),
  state: z.string(),
  estimatedArrival: z.string().nullable(),
  deliveredAt: z.string().nullable(),
  lastEvent: z.string().nullable(),
  createdAt: z.string(),
  items: z.array(ShipmentItemView),
});
export type ShipmentView = z.infer<typeof ShipmentView>;
