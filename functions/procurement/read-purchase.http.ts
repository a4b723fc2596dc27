import { z } from 'zod';
import { PurchaseView } from '../../shared/api/orders.ts';
import { getPurchase } from '../../shared/db/procurement.ts';
import { httpFunction, ok } from '../../shared/http/http-function.ts';
import { PurchaseId } from '../../shared/ids.ts';

export const readPurchase = httpFunction({
  name: 'read-purchase',
  route: 'GET /v1/purchase-orders/{id}',
  summary: 'One purchase order.',
  params: z.object({ id: PurchaseId }),
  answer: PurchaseView,
  allow: ({ caller }) => caller.may('procurement:read'),
  handle: async ({ params }, { db }) => ok(await getPurchase(db, params.id)),
});
