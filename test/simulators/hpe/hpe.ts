// HPE's partner desk, in the shape shared/adapters/hpe-quoting documents. It takes the same customer reference twice
// without a word, as most such desks do; a purchase order number it takes once.
import { z } from 'zod';
import { routes, type Routed } from '../kit/routes.ts';
import { empty, json, type SimAnswer, type Simulator } from '../kit/simulator.ts';
import { basicOf, bearerOf, isGoodToken, issueToken } from '../kit/tokens.ts';
import {
  callOff,
  deliveredSerials,
  quotingHoldings,
  quotingJobs,
  emptyQuoting,
  isExpired,
  openQuote,
  paperNumber,
  placeOrder,
  takeReturn,
  type QuotingService,
  type VendorOrder,
  type QuotedOffer,
  type QuotingState,
} from '../vendors/quoting.ts';

export const hpeAccount = { clientId: 'rackline-hpe', clientSecret: 'hpe-lab-secret' };

const quoting: QuotingService = {
  vendor: 'hpe',
  city: 'Houston',
  quoteSeconds: 150,
  leadDays: 12,
  validDays: 30,
  shipper: '4HPE0103',
};

const refuse = (status: number, code: string, message: string): SimAnswer =>
  json(status, { errors: [{ code, message }] });
const unreadable = (error: z.ZodError): SimAnswer =>
  json(400, {
    errors: error.issues.map((issue) => ({
      code: 'INVALID_FIELD',
      message: issue.message,
      field: issue.path.join('.'),
    })),
  });
const money = (minor: number): string => (minor / 100).toFixed(2);
const day = (at: number): string => new Date(at).toISOString().slice(0, 10);

const askToken = ({ request, state, context }: Routed<QuotingState>): SimAnswer => {
  const caller = basicOf(request.headers['authorization']);
  if (caller?.name !== hpeAccount.clientId || caller.password !== hpeAccount.clientSecret)
    return json(401, { error: 'invalid_client' });
  if (new URLSearchParams(request.text).get('scope') !== 'quoting ordering')
    return json(400, { error: 'invalid_scope' });
  return json(200, {
    access_token: issueToken(state.tokens, context.now(), 3599),
    token_type: 'Bearer',
    expires_in: 3599,
  });
};
const requireToken = ({ request, state, context }: Routed<QuotingState>): SimAnswer | undefined =>
  request.path === '/oauth2/token' ||
  isGoodToken(state.tokens, bearerOf(request.headers['authorization']), context.now())
    ? undefined
    : refuse(401, 'UNAUTHORIZED', 'The access token is missing or has expired.');

const Wish = z.strictObject({
  processor: z.string().min(1),
  memory: z.string().min(1),
  storage: z.string().min(1),
  network: z.string().min(1),
});
const QuoteRequest = z.strictObject({
  clientReference: z.string().min(1).max(64),
  shipTo: z.strictObject({ siteCode: z.string().min(1) }),
  items: z
    .array(z.strictObject({ lineNo: z.number().int().min(1), qty: z.number().int().min(1).max(500), requested: Wish }))
    .min(1),
});

const quoteWords = {
  working: 'IN_REVIEW',
  quoted: 'QUOTED',
  declined: 'DECLINED',
  cancelled: 'CANCELLED',
  ordered: 'ORDERED',
} as const;
const wishOf = ({ config }: QuotedOffer['lines'][number]) => ({
  processor: config.cpu,
  memory: config.ram,
  storage: config.storage,
  network: config.network,
});

function quoteView(quote: QuotedOffer, now: number) {
  const { offer } = quote;
  return {
    quoteRequestId: quote.id,
    clientReference: quote.reference,
    status: isExpired(quote, now) ? 'EXPIRED' : quoteWords[quote.status],
    ...(quote.reason && { statusReason: quote.reason }),
    ...(offer && {
      quote: {
        quoteNumber: `NQ-${quote.id.slice(3)}`,
        revision: 1,
        currencyCode: 'USD',
        totals: { netAmount: money(offer.totalMinor) },
        validThrough: day(offer.validUntil),
        leadTime: { value: offer.leadDays, unit: 'DAYS' },
        items: quote.lines.map((line, index) => ({
          lineNo: index + 1,
          qty: line.quantity,
          productName: `HPE ${offer.models[index]}`,
          unitNetPrice: money(offer.unitMinor[index] ?? 0),
          requested: wishOf(line),
        })),
      },
    }),
  };
}

const requestQuote = ({ request, state, context }: Routed<QuotingState>): SimAnswer => {
  const parsed = QuoteRequest.safeParse(request.body);
  if (!parsed.success) return unreadable(parsed.error);
  const { clientReference, shipTo, items } = parsed.data;
  const lines = items.map(({ qty, requested }) => ({
    quantity: qty,
    config: { cpu: requested.processor, ram: requested.memory, storage: requested.storage, network: requested.network },
  }));
  const quote = openQuote(quoting, context, {
    id: `QR-${paperNumber(state, 700_000)}`,
    reference: clientReference,
    destination: shipTo.siteCode,
    lines,
  });
  return json(202, quoteView(quote, context.now()), { location: `/api/v2/quote-requests/${quote.id}` });
};

const onQuote =
  (act: (quote: QuotedOffer, call: Routed<QuotingState>) => SimAnswer) =>
  (call: Routed<QuotingState>): SimAnswer => {
    const quote = call.state.quotes.find(({ id }) => id === call.params['id']);
    return quote ? act(quote, call) : refuse(404, 'NOT_FOUND', 'There is no such quote request.');
  };
const withdraw = onQuote((quote) => {
  if (quote.status === 'ordered') return refuse(409, 'ALREADY_ORDERED', 'The quote has been ordered.');
  if (quote.status !== 'declined') quote.status = 'cancelled';
  return empty(204);
});

const orderWords = {
  entered: 'ENTERED',
  confirmed: 'ACKNOWLEDGED',
  producing: 'IN_PRODUCTION',
  'part-shipped': 'PARTIALLY_SHIPPED',
  shipped: 'SHIPPED',
  cancelled: 'CANCELLED',
} as const;

const orderView = (order: VendorOrder, state: QuotingState) => ({
  orderNumber: order.number,
  customerPoNumber: order.poNumber,
  status: orderWords[order.status],
  items: (state.quotes.find(({ id }) => id === order.quoteId)?.lines ?? []).map((line, index) => ({
    lineNo: index + 1,
    qty: line.quantity,
    requested: wishOf(line),
  })),
  shipments: order.shipments.map((shipment) => ({
    carrierCode: shipment.carrier,
    trackingNumber: shipment.trackingNumber,
    shipDate: day(shipment.shippedAt),
    estimatedDelivery: new Date(shipment.estimatedArrival).toISOString(),
    units: shipment.machines.map((machine) => ({
      lineNo: machine.line + 1,
      serialNumber: machine.serial,
      productName: `HPE ${machine.model}`,
      iloMac: dashed(machine.bmcMac),
      nicMacs: machine.macs.map(dashed),
    })),
  })),
});
const dashed = (mac: string): string => mac.replaceAll(':', '-').toUpperCase();

const NewOrder = z.strictObject({
  customerPoNumber: z.string().min(1).max(35),
  quoteNumber: z.string(),
  shipTo: z.strictObject({ siteCode: z.string().min(1) }),
});
const order = ({ request, state, context }: Routed<QuotingState>): SimAnswer => {
  const parsed = NewOrder.safeParse(request.body);
  if (!parsed.success) return unreadable(parsed.error);
  const { customerPoNumber: poNumber, quoteNumber } = parsed.data;
  if (state.orders.some((each) => each.poNumber === poNumber))
    return refuse(409, 'DUPLICATE_PO', `Purchase order ${poNumber} has been entered before.`);
  const quote = state.quotes.find(({ id }) => `NQ-${id.slice(3)}` === quoteNumber);
  if (quote?.status !== 'quoted') return refuse(422, 'QUOTE_NOT_ORDERABLE', `Quote ${quoteNumber} cannot be ordered.`);
  if (isExpired(quote, context.now())) return refuse(422, 'QUOTE_EXPIRED', `Quote ${quoteNumber} is no longer valid.`);
  return json(
    201,
    orderView(placeOrder(context, { number: `HPE${paperNumber(state, 5_100_000)}`, poNumber }, quote), state),
  );
};

const cancelOrder = ({ state, context, params }: Routed<QuotingState>): SimAnswer => {
  const found = state.orders.find(({ number }) => number === params['number']);
  if (!found) return refuse(404, 'NOT_FOUND', 'There is no such order.');
  return callOff(context, found) === 'cancelled'
    ? json(200, orderView(found, state))
    : refuse(409, 'PAST_CANCELLATION_WINDOW', 'The order is in production; ask for a return once it has arrived.');
};

const NewReturn = z.strictObject({
  customerReference: z.string().min(1),
  customerPoNumber: z.string(),
  serialNumbers: z.array(z.string()).min(1),
  reasonText: z.string().min(1),
});
const authoriseReturn = ({ request, state, context }: Routed<QuotingState>): SimAnswer => {
  const parsed = NewReturn.safeParse(request.body);
  if (!parsed.success) return unreadable(parsed.error);
  const {
    customerReference: reference,
    customerPoNumber: poNumber,
    serialNumbers: serials,
    reasonText: reason,
  } = parsed.data;
  const foreign = serials.filter((serial) => !deliveredSerials(state, poNumber).includes(serial));
  if (foreign.length > 0)
    return refuse(422, 'SERIAL_NOT_SOLD', `Not delivered under ${poNumber}: ${foreign.join(', ')}.`);
  return json(201, {
    rmaNumber: takeReturn(context, `RMA-H${paperNumber(state, 30_000)}`, { reference, poNumber, serials, reason }),
    customerReference: reference,
  });
};

export const hpeSimulator: Simulator<QuotingState> = {
  name: 'hpe',
  initialState: emptyQuoting,
  handle: routes<QuotingState>(
    {
      'POST /oauth2/token': askToken,
      'POST /api/v2/quote-requests': requestQuote,
      'GET /api/v2/quote-requests': ({ request, state, context }) =>
        json(200, {
          items: state.quotes
            .filter(({ reference }) => reference === request.query.get('clientReference'))
            .map((quote) => quoteView(quote, context.now())),
        }),
      'GET /api/v2/quote-requests/:id': onQuote((quote, { context }) => json(200, quoteView(quote, context.now()))),
      'DELETE /api/v2/quote-requests/:id': withdraw,
      'POST /api/v2/orders': order,
      'GET /api/v2/orders': ({ request, state }) =>
        json(200, {
          items: state.orders
            .filter(({ poNumber }) => poNumber === request.query.get('customerPoNumber'))
            .map((each) => orderView(each, state)),
        }),
      'POST /api/v2/orders/:number/cancellation': cancelOrder,
      'POST /api/v2/returns': authoriseReturn,
      'GET /api/v2/returns': ({ request, state }) =>
        json(200, {
          items: state.returns
            .filter(({ reference }) => reference === request.query.get('customerReference'))
            .map(({ number, reference }) => ({ rmaNumber: number, customerReference: reference })),
        }),
    },
    requireToken,
  ),
  jobs: quotingJobs(quoting),
  holdings: quotingHoldings,
};
