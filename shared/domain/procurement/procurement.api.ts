import { z } from 'zod';
import { contract } from '../../kernel/api/contract.ts';
import { page } from '../../kernel/api/paging.ts';
import { OrderId, PurchaseId } from '../../kernel/ids.ts';

export const QuoteView = z.object({
  id: z.string(),
  orderId: z.string(),
  vendor: z.string(),
  state: z.string(),
  totalMinor: z.number().nullable(),
  currency: z.string().nullable(),
  validUntil: z.string().nullable(),
  leadTimeDays: z.number().nullable(),
  model: z.string().nullable(),
  declinedReason: z.string().nullable(),
  requestedAt: z.string(),
  answeredAt: z.string().nullable(),
});
export type QuoteView = z.infer<typeof QuoteView>;

export const PurchaseView = z.object({
  id: z.string(),
  orderId: z.string(),
  quoteId: z.string(),
  poNumber: z.string(),
  vendor: z.string(),
  state: z.string(),
  totalMinor: z.number(),
  currency: z.string(),
  createdAt: z.string(),
});

export const procurementApi = {
  quotes: contract({
    name: 'list-quotes',
    route: 'GET /v1/quotes',
    summary: 'What the vendors offered for an order.',
    audience: 'users',
    permission: 'procurement:read',
    query: z.object({ orderId: OrderId }),
    answer: page(QuoteView),
  }),
  purchase: contract({
    name: 'read-purchase',
    route: 'GET /v1/purchase-orders/{id}',
    summary: 'One purchase order.',
    audience: 'users',
    permission: 'procurement:read',
    subject: { noun: 'purchase', by: 'params.id' },
    params: z.object({ id: PurchaseId }),
    answer: PurchaseView,
  }),
};
