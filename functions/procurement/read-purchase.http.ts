import { procurementApi } from '../../shared/domain/procurement/procurement.api.ts';
import { getPurchase } from '../../shared/domain/procurement/procurement.db.ts';
import { httpFunction } from '../../shared/http/http-function.ts';
import { ok } from '../../shared/http/reply.ts';

export const readPurchase = httpFunction(procurementApi.purchase, async ({ params }, { db }) =>
  ok(await getPurchase(db, params.id)),
);
