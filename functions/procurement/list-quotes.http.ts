import { z } from 'zod';
import { QuoteView } from '../../shared/domain/procurement/procurement.api.ts';
import { quotesOf } from '../../shared/domain/procurement/procurement.db.ts';
import { httpFunction, ok } from '../../shared/http/http-function.ts';
import { page } from '../../shared/http/paging.ts';
import { OrderId } from '../../shared/kernel/ids.ts';

export const listQuotes = httpFunction({
  name: 'list-quotes',
  route: 'GET /v1/quotes',
  summary: 'What the vendors offered for an order.',
  query: z.object({ orderId: OrderId }),
  answer: page(QuoteView),
  allow: ({ caller }) => caller.may('procurement:read'),
  handle: async ({ query }, { db }) => ok({ items: await quotesOf(db, query.orderId), next: null }),
});
