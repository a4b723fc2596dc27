import { procurementApi } from '../../shared/domain/procurement/procurement.api.ts';
import { findPurchase } from '../../shared/domain/procurement/procurement.db.ts';
import { httpFunction } from '../../shared/http/http-function.ts';
import { ok } from '../../shared/http/reply.ts';

export const readPurchase = httpFunction(procurementApi.purchase, {
  find: findPurchase,
  handle: async ({ subject }) => ok(subject),
});
