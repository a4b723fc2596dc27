// Dell publishes no interface for partner quoting that we could read. This one is ours: what its partner documents
// (quote, purchase order, acknowledgement, ship notice) say, as JSON over HTTP. It stays a proposal until one real
// answer of Dell's has confirmed it; then this folder changes and nothing else.
//
//   token     POST auth/oauth/v2/token                 client id and secret in the form; expires_in is a text
//   quote     POST quoting/v1/quotes                   201 at once in state Building; no idempotency key
//             GET  quoting/v1/quotes?CustomerReference=    GET quoting/v1/quotes/{id}   POST …/{id}/withdraw
//   order     PUT  ordering/v1/purchase-orders/{our number}   201, 200 when it is the same again, 409, 422
//             GET, DELETE ordering/v1/purchase-orders/{our number}
//   return    PUT  returns/v1/requests/{our key}       201, 200 when it is the same again, 422
//
// Money is a number with its currency, times are Unix seconds, errors are {Error: {Code, Text}}.
import { z } from 'zod';

export const Token = z.object({ access_token: z.string().min(1), expires_in: z.coerce.number().positive() });

const Money = z.object({ Value: z.number().nonnegative(), Currency: z.string().length(3) });

export const Quote = z.object({
  QuoteId: z.string().min(1),
  State: z.string(),
  Remark: z.string().optional(),
  Version: z.number().int().optional(),
  Total: Money.optional(),
  ExpiresAt: z.number().int().optional(),
  ShipsInBusinessDays: z.number().nonnegative().optional(),
  LineItems: z.array(z.object({ Model: z.string() })).optional(),
});
export type Quote = z.infer<typeof Quote>;
export const Quotes = z.object({ Quotes: z.array(Quote) });

const Configuration = z.object({ Processors: z.string(), Memory: z.string(), Drives: z.string(), Network: z.string() });
const System = z.object({
  Sequence: z.number().int(),
  ServiceTag: z.string().trim().min(1),
  Model: z.string(),
  IdracMac: z.string(),
  Ports: z.array(z.object({ Mac: z.string() })).min(1),
  /** Kinds that we do not compare are passed over. */
  Parts: z.array(z.object({ Kind: z.string(), Serial: z.string().min(1), Slot: z.string().optional() })).default([]),
});
export const Order = z.object({
  DellOrder: z.string().min(1),
  Status: z.string(),
  Remark: z.string().optional(),
  LineItems: z.array(z.object({ Sequence: z.number().int(), Configuration })),
  Consignments: z
    .array(
      z.object({
        Carrier: z.object({ Name: z.string(), Tracking: z.string().min(1) }),
        ExpectedAt: z.number().int().optional(),
        Systems: z.array(System),
      }),
    )
    .default([]),
});
export type Order = z.infer<typeof Order>;

export const Return = z.object({ Authorization: z.string().min(1) });

export const Refusal = z.object({ Error: z.object({ Code: z.string(), Text: z.string() }) });
/** What withdrawing a quote is told once it has become an order. */
export const Converted = z.object({ Error: z.object({ Code: z.literal('CONVERTED') }) });
