import { z } from 'zod';
import { contract } from '../../kernel/api/contract.ts';
import { page, PageQuery } from '../../kernel/api/paging.ts';
import { OrderId } from '../../kernel/ids.ts';

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

export const shipmentsApi = {
  list: contract({
    name: 'list-shipments',
    route: 'GET /v1/shipments',
    summary: 'What is on its way, and what has come.',
    audience: 'users',
    permission: 'shipment:read',
    query: PageQuery.extend({ orderId: OrderId.optional() }),
    answer: page(ShipmentView),
  }),
};
