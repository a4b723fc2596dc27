// Dell's partner desk, in the shape shared/adapters/dell-quoting documents: a purchase order is PUT under its own
// number, money is a number with a currency, times are Unix seconds.
import { z } from 'zod';
import { hardwareFromManifest } from '../bmc/hardware.ts';
import { routes, type Routed } from '../kit/routes.ts';
import { json, type SimAnswer, type Simulator } from '../kit/simulator.ts';
import { bearerOf, isGoodToken, issueToken } from '../kit/tokens.ts';
import type { Machine } from '../vendors/factory.ts';
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

export const dellAccount = { clientId: 'rackline-dell', clientSecret: 'dell-lab-secret' };

const quoting: QuotingService = {
  vendor: 'dell',
  city: 'Austin',
  quoteSeconds: 210,
  leadDays: 10,
  validDays: 21,
  shipper: '7DE11003',
};

const refuse = (status: number, code: string, text: string): SimAnswer =>
  json(status, { Error: { Code: code, Text: text } });
const unreadable = (error: z.ZodError): SimAnswer =>
  refuse(400, 'SCHEMA', error.issues.map((issue) => `${issue.path.join('/')} ${issue.message}`).join('; '));
const money = (minor: number) => ({ Value: minor / 100, Currency: 'USD' });
const seconds = (milliseconds: number): number => Math.floor(milliseconds / 1000);

const askToken = ({ request, state, context }: Routed<QuotingState>): SimAnswer => {
  const form = new URLSearchParams(request.text);
  if (form.get('client_id') !== dellAccount.clientId || form.get('client_secret') !== dellAccount.clientSecret)
    return json(401, { error: 'invalid_client', error_description: 'The given client credentials were not valid' });
  return json(200, {
    access_token: issueToken(state.tokens, context.now(), 3600),
    token_type: 'Bearer',
    expires_in: '3600',
    scope: 'oob',
  });
};
const requireToken = ({ request, state, context }: Routed<QuotingState>): SimAnswer | undefined =>
  request.path === '/auth/oauth/v2/token' ||
  isGoodToken(state.tokens, bearerOf(request.headers['authorization']), context.now())
    ? undefined
    : refuse(401, 'TOKEN', 'Access token invalid or expired');

const Configuration = z.strictObject({
  Processors: z.string().min(1),
  Memory: z.string().min(1),
  Drives: z.string().min(1),
  Network: z.string().min(1),
});
const NewQuote = z.strictObject({
  CustomerReference: z.string().min(1).max(50),
  Destination: z.string().min(1),
  LineItems: z
    .array(z.strictObject({ Sequence: z.number().int().min(0), Quantity: z.number().int().min(1), Configuration }))
    .min(1),
});

const quoteWords = {
  working: 'Building',
  quoted: 'Ready',
  declined: 'Rejected',
  cancelled: 'Withdrawn',
  ordered: 'Converted',
} as const;
const configurationOf = ({ config }: QuotedOffer['lines'][number]) => ({
  Processors: config.cpu,
  Memory: config.ram,
  Drives: config.storage,
  Network: config.network,
});

const quoteView = (quote: QuotedOffer, now: number) => ({
  QuoteId: quote.id,
  CustomerReference: quote.reference,
  State: isExpired(quote, now) ? 'Lapsed' : quoteWords[quote.status],
  ...(quote.reason && { Remark: quote.reason }),
  ...(quote.offer && {
    Version: 1,
    Total: money(quote.offer.totalMinor),
    ExpiresAt: seconds(quote.offer.validUntil),
    ShipsInBusinessDays: quote.offer.leadDays,
    LineItems: quote.lines.map((line, index) => ({
      Sequence: index,
      Quantity: line.quantity,
      Model: quote.offer?.models[index],
      UnitPrice: money(quote.offer?.unitMinor[index] ?? 0),
      Configuration: configurationOf(line),
    })),
  }),
});

const requestQuote = ({ request, state, context }: Routed<QuotingState>): SimAnswer => {
  const parsed = NewQuote.safeParse(request.body);
  if (!parsed.success) return unreadable(parsed.error);
  const { CustomerReference, Destination, LineItems } = parsed.data;
  const lines = LineItems.map(({ Quantity, Configuration: wish }) => ({
    quantity: Quantity,
    config: { cpu: wish.Processors, ram: wish.Memory, storage: wish.Drives, network: wish.Network },
  }));
  return json(
    201,
    quoteView(
      openQuote(quoting, context, {
        id: `3000${paperNumber(state, 120_000)}.1`,
        reference: CustomerReference,
        destination: Destination,
        lines,
      }),
      context.now(),
    ),
  );
};

const onQuote =
  (act: (quote: QuotedOffer, call: Routed<QuotingState>) => SimAnswer) =>
  (call: Routed<QuotingState>): SimAnswer => {
    const quote = call.state.quotes.find(({ id }) => id === call.params['id']);
    return quote ? act(quote, call) : refuse(404, 'QUOTE', 'Quote not found');
  };
const withdraw = onQuote((quote, { context }) => {
  if (quote.status === 'ordered') return refuse(409, 'CONVERTED', 'Quote has been converted to an order');
  if (quote.status !== 'declined') quote.status = 'cancelled';
  return json(200, quoteView(quote, context.now()));
});

const orderWords = {
  entered: 'Received',
  confirmed: 'Confirmed',
  producing: 'InProduction',
  'part-shipped': 'PartShipped',
  shipped: 'Shipped',
  cancelled: 'Cancelled',
} as const;

const orderView = (order: VendorOrder, state: QuotingState) => ({
  PurchaseOrder: order.poNumber,
  DellOrder: order.number,
  Status: orderWords[order.status],
  LineItems: (state.quotes.find(({ id }) => id === order.quoteId)?.lines ?? []).map((line, index) => ({
    Sequence: index,
    Quantity: line.quantity,
    Configuration: configurationOf(line),
  })),
  Consignments: order.shipments.map((shipment) => ({
    Carrier: { Name: shipment.carrier, Tracking: shipment.trackingNumber },
    DispatchedAt: seconds(shipment.shippedAt),
    ExpectedAt: seconds(shipment.estimatedArrival),
    Systems: shipment.machines.map((machine) => ({
      Sequence: machine.line,
      ServiceTag: machine.serial,
      Model: machine.model,
      IdracMac: bare(machine.bmcMac),
      Ports: machine.macs.map((mac, index) => ({ Name: `NIC.Slot.1-${index + 1}-1`, Mac: bare(mac) })),
      Parts: partsOf(machine),
    })),
  })),
});
/** The ship notice names what is in each machine; its backplane is of no interest to anybody. */
function partsOf(machine: Machine): { Kind: string; Serial: string; Slot: string }[] {
  const { memory, drives } = hardwareFromManifest(machine, { datacenter: '' });
  return [
    ...memory.map(({ serial, slot }) => ({ Kind: 'Memory', Serial: serial, Slot: slot })),
    ...drives.map(({ serial, name }) => ({ Kind: 'Drive', Serial: serial, Slot: name })),
    { Kind: 'Backplane', Serial: `B${machine.serial}`, Slot: '0' },
  ];
}
const bare = (mac: string): string => mac.replaceAll(':', '').toUpperCase();

const findOrder = (state: QuotingState, poNumber: string | undefined): VendorOrder | undefined =>
  state.orders.find((each) => each.poNumber === poNumber);

const NewOrder = z.strictObject({ QuoteId: z.string(), Destination: z.string().min(1) });
const order = ({ request, state, context, params }: Routed<QuotingState>): SimAnswer => {
  const parsed = NewOrder.safeParse(request.body);
  if (!parsed.success) return unreadable(parsed.error);
  const poNumber = params['po'] ?? '';
  const known = findOrder(state, poNumber);
  if (known)
    return known.quoteId === parsed.data.QuoteId
      ? json(200, orderView(known, state))
      : refuse(409, 'PO_IN_USE', `Purchase order ${poNumber} belongs to another quote`);
  const quote = state.quotes.find(({ id }) => id === parsed.data.QuoteId);
  if (quote?.status !== 'quoted' || isExpired(quote, context.now()))
    return refuse(422, 'QUOTE_STATE', `Quote ${parsed.data.QuoteId} cannot be ordered`);
  return json(201, orderView(placeOrder(context, { number: paperNumber(state, 880_000_000), poNumber }, quote), state));
};

const cancelOrder = ({ request, state, context, params }: Routed<QuotingState>): SimAnswer => {
  const found = findOrder(state, params['po']);
  if (!found) return refuse(404, 'PO', 'Purchase order not found');
  if (!request.query.get('reason')) return refuse(400, 'SCHEMA', 'reason is required');
  return callOff(context, found) === 'cancelled'
    ? json(202, orderView(found, state))
    : refuse(409, 'IN_PRODUCTION', 'Order can no longer be cancelled');
};

const NewReturn = z.strictObject({
  PurchaseOrder: z.string(),
  ServiceTags: z.array(z.string()).min(1),
  Reason: z.string().min(1),
});
const authoriseReturn = ({ request, state, context, params }: Routed<QuotingState>): SimAnswer => {
  const parsed = NewReturn.safeParse(request.body);
  if (!parsed.success) return unreadable(parsed.error);
  const reference = params['reference'] ?? '';
  const known = state.returns.find((each) => each.reference === reference);
  if (known) return json(200, { Authorization: known.number, Reference: reference });
  const { PurchaseOrder: poNumber, ServiceTags: serials, Reason: reason } = parsed.data;
  const foreign = serials.filter((serial) => !deliveredSerials(state, poNumber).includes(serial));
  if (foreign.length > 0) return refuse(422, 'SERVICE_TAG', `Not sold under ${poNumber}: ${foreign.join(', ')}`);
  return json(201, {
    Authorization: takeReturn(context, `D-RMA-${paperNumber(state, 60_000)}`, { reference, poNumber, serials, reason }),
    Reference: reference,
  });
};

export const dellSimulator: Simulator<QuotingState> = {
  name: 'dell',
  initialState: emptyQuoting,
  handle: routes<QuotingState>(
    {
      'POST /auth/oauth/v2/token': askToken,
      'POST /quoting/v1/quotes': requestQuote,
      'GET /quoting/v1/quotes': ({ request, state, context }) =>
        json(200, {
          Quotes: state.quotes
            .filter(({ reference }) => reference === request.query.get('CustomerReference'))
            .map((quote) => quoteView(quote, context.now())),
        }),
      'GET /quoting/v1/quotes/:id': onQuote((quote, { context }) => json(200, quoteView(quote, context.now()))),
      'POST /quoting/v1/quotes/:id/withdraw': withdraw,
      'PUT /ordering/v1/purchase-orders/:po': order,
      'GET /ordering/v1/purchase-orders/:po': ({ state, params }) => {
        const found = findOrder(state, params['po']);
        return found ? json(200, orderView(found, state)) : refuse(404, 'PO', 'Purchase order not found');
      },
      'DELETE /ordering/v1/purchase-orders/:po': cancelOrder,
      'PUT /returns/v1/requests/:reference': authoriseReturn,
    },
    requireToken,
  ),
  jobs: quotingJobs(quoting),
  holdings: quotingHoldings,
};
