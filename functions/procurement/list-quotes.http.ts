import { procurementApi } from '../../shared/domain/procurement/procurement.api.ts';
import { quotesOf } from '../../shared/domain/procurement/procurement.db.ts';
import { httpFunction } from '../../shared/http/http-function.ts';
import { ok } from '../../shared/http/reply.ts';

export const listQuotes = httpFunction(procurementApi.quotes, async ({ query }, { db }) =>
  ok({ items: await quotesOf(db, query.orderId), next: null }),
);
