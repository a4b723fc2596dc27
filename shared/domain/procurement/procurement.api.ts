import { z } from 'zod';

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
