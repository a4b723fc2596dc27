import { z } from 'zod';
import { eventType } from '../../events/event-type.ts';

export const orderShipped = eventType(
  'orders.shipped',
  z.object({
    orderId: z.string(),
    tenantId: z.string(),
    datacenterId: z.string(),
    shipmentId: z.string(),
    carrier: z.string(),
    trackingNumber: z.string(),
    estimatedArrival: z.string().nullable(),
    servers: z.array(z.string()),
  }),
  {
    staff: 'shipment:read',
    tenant: {
      may: 'order:read',
      fields: ['orderId', 'tenantId', 'datacenterId', 'carrier', 'trackingNumber', 'estimatedArrival', 'servers'],
    },
  },
);

export const receivingEvents = [orderShipped] as const;
