import { z } from 'zod';
import { eventType } from '../../events/event-type.ts';

const order = { orderId: z.string(), tenantId: z.string(), datacenterId: z.string() };

/** What a purchase costs us, and from whom we buy, is for those who may read procurement. */
const buyers = { staff: 'procurement:read' } as const;

export const quoteRequested = eventType(
  'orders.quote_requested',
  z.object({ ...order, quoteId: z.string(), vendor: z.string() }),
  buyers,
);
export const quoteReceived = eventType(
  'orders.quote_received',
  z.object({
    ...order,
    quoteId: z.string(),
    vendor: z.string(),
    totalMinor: z.number().int(),
    currency: z.string(),
  }),
  buyers,
);
export const purchaseApproved = eventType(
  'orders.purchase_approved',
  z.object({ ...order, quoteId: z.string(), decidedBy: z.string(), reason: z.string().nullable() }),
  buyers,
);

export const procurementEvents = [quoteRequested, quoteReceived, purchaseApproved] as const;
