// HPE publishes no interface for partner quoting that we could read. This one is ours: what its partner documents
// (quote, purchase order, confirmation, ship notice) say, as JSON over HTTP. It stays a proposal until one real
// answer of HPE's has confirmed it; then this folder changes and nothing else.
//
//   token     POST oauth2/token                       client credentials in a Basic header, scope "quoting ordering"
//   quote     POST api/v2/quote-requests              202, the quote comes later; no idempotency key
//             GET  api/v2/quote-requests?clientReference=   GET, DELETE api/v2/quote-requests/{id}
//   order     POST api/v2/orders                      201; 409 DUPLICATE_PO; 422 when the quote cannot be ordered
//             GET  api/v2/orders?customerPoNumber=    POST api/v2/orders/{number}/cancellation
//   return    POST api/v2/returns                     GET api/v2/returns?customerReference=
//
// Money is a decimal text, a validity a calendar day, errors are {errors: [{code, message}]}.
import { z } from 'zod';

export const Token = z.object({ access_token: z.string().min(1), expires_in: z.number().positive() });

const decimal = z.string().regex(/^\d+(\.\d{1,2})?$/, 'must be a decimal amount such as 1234.50');

const Quote = z.object({
  quoteNumber: z.string().min(1),
  revision: z.number().int(),
  currencyCode: z.string().length(3),
  totals: z.object({ netAmount: decimal }),
  /** YYYY-MM-DD, valid through the end of that day in UTC. */
  validThrough: z.iso.date(),
  leadTime: z.object({ value: z.number().nonnegative(), unit: z.string() }),
  items: z.array(z.object({ productName: z.string() })).min(1),
});
export const QuoteRequest = z.object({
  quoteRequestId: z.string().min(1),
  clientReference: z.string(),
  status: z.string(),
  statusReason: z.string().optional(),
  quote: Quote.optional(),
});
export type QuoteRequest = z.infer<typeof QuoteRequest>;
export const QuoteRequests = z.object({ items: z.array(QuoteRequest) });

const Wish = z.object({ processor: z.string(), memory: z.string(), storage: z.string(), network: z.string() });
const Unit = z.object({
  lineNo: z.number().int(),
  serialNumber: z.string().trim().min(1),
  productName: z.string(),
  iloMac: z.string(),
  nicMacs: z.array(z.string()).min(1),
});
export const Order = z.object({
  orderNumber: z.string().min(1),
  customerPoNumber: z.string(),
  status: z.string(),
  statusReason: z.string().optional(),
  items: z.array(z.object({ lineNo: z.number().int(), requested: Wish })),
  shipments: z
    .array(
      z.object({
        carrierCode: z.string(),
        trackingNumber: z.string().min(1),
        estimatedDelivery: z.string().optional(),
        units: z.array(Unit),
      }),
    )
    .default([]),
});
export type Order = z.infer<typeof Order>;
export const Orders = z.object({ items: z.array(Order) });

export const Return = z.object({ rmaNumber: z.string().min(1) });
export const Returns = z.object({ items: z.array(Return) });

export const Refusal = z.object({ errors: z.array(z.object({ code: z.string(), message: z.string() })).min(1) });
/** What withdrawing a quote is told once it has been ordered. */
export const AlreadyOrdered = z.object({ errors: z.array(z.object({ code: z.literal('ALREADY_ORDERED') })).min(1) });
