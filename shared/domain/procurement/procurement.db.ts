import { z } from 'zod';
import { type Clock, isoTime } from '../../kernel/clock.ts';
import type { Queryable } from '../../kernel/database/database.ts';
import { AppError } from '../../kernel/errors/app-error.ts';
import { QuoteId, OrderId, PurchaseId } from '../../kernel/ids.ts';
import { vendors } from '../../ports/quoting.ts';

export const Vendor = z.enum(vendors);

export const Quote = z.object({
  id: QuoteId,
  orderId: OrderId,
  vendor: Vendor,
  vendorRef: z.string().nullable(),
  state: z.enum(['requested', 'quoted', 'declined', 'cancelled', 'accepted', 'expired']),
  totalMinor: z.number().int().nullable(),
  currency: z.string().nullable(),
  validUntil: z.string().nullable(),
  leadTimeDays: z.number().int().nullable(),
  model: z.string().nullable(),
  declinedReason: z.string().nullable(),
  requestedAt: z.string(),
  answeredAt: z.string().nullable(),
});
export type Quote = z.infer<typeof Quote>;
const quoteColumns = `id, order_id AS "orderId", vendor, vendor_ref AS "vendorRef", state, total_minor AS "totalMinor",
  currency, valid_until AS "validUntil", lead_time_days AS "leadTimeDays",
  model, declined_reason AS "declinedReason", requested_at AS "requestedAt", answered_at AS "answeredAt"`;

export const quotesOf = (db: Queryable, orderId: OrderId): Promise<Quote[]> =>
  db.many(Quote, `SELECT ${quoteColumns} FROM quote WHERE order_id = $1 ORDER BY vendor`, [orderId]);
export const quoteFrom = (
  db: Queryable,
  orderId: OrderId,
  vendor: z.infer<typeof Vendor>,
): Promise<Quote | undefined> =>
  db.maybe(Quote, `SELECT ${quoteColumns} FROM quote WHERE order_id = $1 AND vendor = $2`, [orderId, vendor]);

export const Purchase = z.object({
  id: PurchaseId,
  orderId: OrderId,
  quoteId: QuoteId,
  poNumber: z.string(),
  vendor: Vendor,
  state: z.enum(['placing', 'placed', 'shipped', 'received', 'cancelled', 'returned']),
  totalMinor: z.number().int(),
  currency: z.string(),
  createdAt: z.string(),
});
export type Purchase = z.infer<typeof Purchase>;
const purchaseColumns =
  'id, order_id AS "orderId", quote_id AS "quoteId", po_number AS "poNumber", vendor, state, total_minor ' +
  'AS "totalMinor", currency, created_at AS "createdAt"';

export const purchaseOf = (db: Queryable, orderId: OrderId): Promise<Purchase | undefined> =>
  db.maybe(Purchase, `SELECT ${purchaseColumns} FROM purchase WHERE order_id = $1`, [orderId]);
export const findPurchase = (db: Queryable, id: PurchaseId): Promise<Purchase | undefined> =>
  db.maybe(Purchase, `SELECT ${purchaseColumns} FROM purchase WHERE id = $1`, [id]);

export async function getPurchase(db: Queryable, id: PurchaseId): Promise<Purchase> {
  const purchase = await findPurchase(db, id);
  if (!purchase)
    throw new AppError({
      code: 'purchase.unknown',
      kind: 'not-found',
      publicMessage: `There is no purchase order ${id}.`,
    });
  return purchase;
}
export const setPurchaseState = (
  db: Queryable,
  clock: Clock,
  id: PurchaseId,
  state: Purchase['state'],
): Promise<number> =>
  db.run('UPDATE purchase SET state = $2, updated_at = $3 WHERE id = $1', [id, state, isoTime(clock.now())]);
