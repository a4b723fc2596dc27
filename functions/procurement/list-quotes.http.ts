import { z } from 'zod';
import { QuoteView } from '../../shared/api/orders.ts';
import { page } from '../../shared/api/paging.ts';
import { quotesOf } from '../../shared/db/procurement.ts';
import { httpFunction, ok } from '../../shared/http/http-function.ts';
import { OrderId } from '../../shared/ids.ts';

export const listQuotes = httpFunction({
  name: 'list-quotes',
  route: 'GET /v1/quotes',
  summary: 'What the vendors offered for an order.',
  query: z.object({ orderId: OrderId }),
  answer: page(QuoteView),
  allow: ({ caller }) => caller.may('procurement:read'),
  handle: async ({ query }, { db }) => ok({ items: await quotesOf(db, query.orderId), next: null }),
});
