import { z } from 'zod';
import { PurchaseView } from '../../shared/domain/procurement/procurement.api.ts';
import { getPurchase } from '../../shared/domain/procurement/procurement.db.ts';
import { httpFunction, ok } from '../../shared/http/http-function.ts';
import { PurchaseId } from '../../shared/kernel/ids.ts';

export const readPurchase = httpFunction({
  name: 'read-purchase',
  route: 'GET /v1/purchase-orders/{id}',
  summary: 'One purchase order.',
  params: z.object({ id: PurchaseId }),
  answer: PurchaseView,
  allow: ({ caller }) => caller.may('procurement:read'),
  handle: async ({ params }, { db }) => ok(await getPurchase(db, params.id)),
});
