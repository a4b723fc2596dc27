import { z } from 'zod';
import { type Clock, isoTime } from '../../kernel/clock.ts';
import type { Queryable } from '../../kernel/database/database.ts';
import { AppError } from '../../kernel/errors/app-error.ts';
import { QuoteId, OrderId, PurchaseId } from '../../kernel/ids.ts';
import { vendors, type VendorQuote } from '../../ports/quoting.ts';

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

/** Writes down that a quote is asked for; asking the same vendor for the same order again changes nothing. */
export const insertQuote = (
  db: Queryable,
  clock: Clock,
  { id, orderId, vendor, lines }: { id: QuoteId; orderId: OrderId; vendor: Quote['vendor']; lines: readonly object[] },
): Promise<number> =>
  db.run(
    `INSERT INTO quote (id, order_id, vendor, state, lines, requested_at) VALUES ($1, $2, $3, 'requested', $4, $5)
      ON CONFLICT (order_id, vendor) DO NOTHING`,
    [id, orderId, vendor, JSON.stringify(lines), isoTime(clock.now())],
  );
/** Answers whether the vendor's reference is news. */
export const recordQuoteRef = async (tx: Queryable, id: QuoteId, ref: string): Promise<boolean> =>
  (await tx.run('UPDATE quote SET vendor_ref = $2 WHERE id = $1 AND vendor_ref IS NULL', [id, ref])) > 0;
/** Answers whether the vendor's offer is news. */
export const recordQuoted = async (
  tx: Queryable,
  clock: Clock,
  id: QuoteId,
  { totalMinor, currency, validUntil, leadTimeDays, model }: VendorQuote,
): Promise<boolean> => {
  const updated = await tx.run(
    "UPDATE quote SET state = 'quoted', total_minor = $2, currency = $3, valid_until = $4, " +
      "lead_time_days = $5, model = $6, answered_at = $7 WHERE id = $1 AND state = 'requested'",
    [id, totalMinor, currency, validUntil, leadTimeDays, model, isoTime(clock.now())],
  );
  return updated > 0;
};
export const recordQuoteDeclined = (tx: Queryable, clock: Clock, id: QuoteId, reason: string): Promise<number> =>
  tx.run(
    "UPDATE quote SET state = 'declined', declined_reason = $2, answered_at = $3 WHERE id = $1 AND " +
      "state = 'requested'",
    [id, reason, isoTime(clock.now())],
  );
export const setQuoteState = (db: Queryable, id: QuoteId, state: 'accepted' | 'cancelled'): Promise<number> =>
  db.run('UPDATE quote SET state = $2 WHERE id = $1', [id, state]);

/** Writes down that a purchase is about to be placed; twice is once. */
export const insertPurchase = (
  db: Queryable,
  clock: Clock,
  purchase: Pick<Purchase, 'id' | 'orderId' | 'quoteId' | 'poNumber' | 'vendor' | 'totalMinor' | 'currency'>,
): Promise<number> =>
  db.run(
    `INSERT INTO purchase (id, order_id, quote_id, po_number, vendor, state, total_minor, currency, created_at,
      updated_at) VALUES ($1, $2, $3, $4, $5, 'placing', $6, $7, $8, $8) ON CONFLICT (id) DO NOTHING`,
    [
      purchase.id,
      purchase.orderId,
      purchase.quoteId,
      purchase.poNumber,
      purchase.vendor,
      purchase.totalMinor,
      purchase.currency,
      isoTime(clock.now()),
    ],
  );
/** Answers whether it is news that the vendor has taken the order. */
export const recordPlaced = async (tx: Queryable, clock: Clock, id: PurchaseId, orderRef: string): Promise<boolean> => {
  const updated = await tx.run(
    "UPDATE purchase SET state = 'placed', vendor_order_ref = $2, updated_at = $3 WHERE id = $1 AND " +
      "state = 'placing'",
    [id, orderRef, isoTime(clock.now())],
  );
  return updated > 0;
};
