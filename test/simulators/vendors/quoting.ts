// A vendor's sales desk and warehouse, whatever the interface in front of it: quotes that take time, orders, shipments,
// returns.
import type { ServerConfig } from '../../../shared/facts/server.ts';
import type { SimContext, Simulator } from '../kit/simulator.ts';
import type { Tokens } from '../kit/tokens.ts';
import { buildMachine, modelFor, priceOf, type Machine, type VendorName } from './factory.ts';
import type { Label } from './parcels.ts';

export interface VendorLine {
  config: ServerConfig;
  quantity: number;
}
export interface QuotedOffer {
  id: string;
  reference: string;
  destination: string;
  lines: VendorLine[];
  status: 'working' | 'quoted' | 'declined' | 'cancelled' | 'ordered';
  reason?: string;
  offer?: { unitMinor: number[]; models: string[]; totalMinor: number; validUntil: number; leadDays: number };
}
export interface VendorShipment {
  /** What the vendor calls the carrier. */
  carrier: string;
  trackingNumber: string;
  shippedAt: number;
  estimatedArrival: number;
  machines: (Machine & { line: number })[];
}
export interface VendorOrder {
  number: string;
  poNumber: string;
  quoteId: string;
  status: 'entered' | 'confirmed' | 'producing' | 'part-shipped' | 'shipped' | 'cancelled';
  shipments: VendorShipment[];
}
export interface QuotingState {
  tokens: Tokens;
  /** Numbers given out so far: quotes, orders, returns. */
  papers: number;
  machinesBuilt: number;
  quotes: QuotedOffer[];
  orders: VendorOrder[];
  returns: { number: string; reference: string; poNumber: string; serials: string[]; reason: string }[];
  /** Every order of more than one machine goes out in two shipments. */
  shipsInParts: boolean;
}
export type QuotingContext = SimContext<QuotingState>;

export interface QuotingService {
  vendor: VendorName;
  city: string;
  /** Hardware seconds until a quote is answered. */
  quoteSeconds: number;
  leadDays: number;
  validDays: number;
  /** Its account with carriers: eight characters. */
  shipper: string;
}

/** Hardware seconds from the order on. */
export const orderTimes = { confirmed: 60, producing: 300, shipped: 600, rest: 300, transit: 1200 };

export const emptyQuoting = (): QuotingState => ({
  tokens: {},
  papers: 0,
  machinesBuilt: 0,
  quotes: [],
  orders: [],
  returns: [],
  shipsInParts: false,
});

export const paperNumber = (state: QuotingState, from: number): string => String(from + ++state.papers);

export function openQuote(
  quoting: QuotingService,
  context: QuotingContext,
  quote: Pick<QuotedOffer, 'id' | 'reference' | 'destination' | 'lines'>,
): QuotedOffer {
  const opened: QuotedOffer = { ...quote, status: 'working' };
  context.state.quotes.push(opened);
  context.effect('quote requested', quote.reference);
  context.later('answer-quote', quoting.quoteSeconds, quote.id);
  return opened;
}

export const isExpired = (quote: QuotedOffer, now: number): boolean =>
  quote.status === 'quoted' && (quote.offer?.validUntil ?? 0) < now;

export function placeOrder(
  context: QuotingContext,
  order: Pick<VendorOrder, 'number' | 'poNumber'>,
  quote: QuotedOffer,
): VendorOrder {
  const placed: VendorOrder = { ...order, quoteId: quote.id, status: 'entered', shipments: [] };
  context.state.orders.push(placed);
  quote.status = 'ordered';
  context.effect('order accepted', order.poNumber);
  context.later('confirm', orderTimes.confirmed, order.poNumber);
  context.later('produce', orderTimes.producing, order.poNumber);
  context.later('ship', orderTimes.shipped, order.poNumber);
  return placed;
}

/** Until production begins; afterwards the goods can only be sent back. */
export function callOff(context: QuotingContext, order: VendorOrder): 'cancelled' | 'too late' {
  if (order.status === 'cancelled') return 'cancelled';
  if (order.status !== 'entered' && order.status !== 'confirmed') return 'too late';
  order.status = 'cancelled';
  context.effect('order cancelled', order.poNumber);
  return 'cancelled';
}

export function takeReturn(
  context: QuotingContext,
  number: string,
  asked: { reference: string; poNumber: string; serials: string[]; reason: string },
): string {
  context.state.returns.push({ number, ...asked });
  context.effect('return authorised', asked.reference);
  return number;
}

export const deliveredSerials = (state: QuotingState, poNumber: string): string[] =>
  state.orders
    .filter((order) => order.poNumber === poNumber)
    .flatMap((order) => order.shipments.flatMap(({ machines }) => machines.map(({ serial }) => serial)));

function answerQuote(quoting: QuotingService, context: QuotingContext, id: string): void {
  const quote = context.state.quotes.find((each) => each.id === id);
  if (quote?.status !== 'working') return;
  const prices = quote.lines.map(({ config }) => priceOf(quoting.vendor, config));
  const problems = prices.flatMap((price) => ('reason' in price ? [price.reason] : []));
  if (problems.length > 0) return void Object.assign(quote, { status: 'declined', reason: problems.join('; ') });
  const unitMinor = prices.map((price) => ('minor' in price ? price.minor : 0));
  quote.status = 'quoted';
  quote.offer = {
    unitMinor,
    models: quote.lines.map(({ config }) => modelFor(quoting.vendor, config)),
    totalMinor: quote.lines.reduce((sum, { quantity }, index) => sum + quantity * (unitMinor[index] ?? 0), 0),
    validUntil: context.now() + quoting.validDays * 86_400_000,
    leadDays: quoting.leadDays,
  };
}

function ship(quoting: QuotingService, context: QuotingContext, poNumber: string): void {
  const { state } = context;
  const order = state.orders.find((each) => each.poNumber === poNumber && each.status !== 'cancelled');
  const quote = state.quotes.find(({ id }) => id === order?.quoteId);
  if (!order || !quote || order.status === 'shipped') return;
  const wanted = quote.lines.flatMap(({ config, quantity }, line) =>
    Array.from({ length: quantity }, () => ({ config, line })),
  );
  const rest = wanted.slice(order.shipments.reduce((sum, { machines }) => sum + machines.length, 0));
  const isFirstPart = state.shipsInParts && order.shipments.length === 0 && rest.length > 1;
  const loaded = isFirstPart ? rest.slice(0, Math.ceil(rest.length / 2)) : rest;
  const machines = loaded.map(({ config, line }) => ({
    ...buildMachine(quoting.vendor, ++state.machinesBuilt, poNumber, config),
    line,
  }));
  const carrier = carrierInTurn(context);
  const trackingNumber = carrier.trackingNumber(quoting.shipper, paperNumber(state, 10_000_000));
  order.shipments.push({
    carrier: carrier.calledByVendors,
    trackingNumber,
    shippedAt: context.now(),
    estimatedArrival: context.moment(orderTimes.transit),
    machines,
  });
  order.status = isFirstPart ? 'part-shipped' : 'shipped';
  context.effect('goods shipped', `${poNumber} part ${order.shipments.length}`);
  context.tell(carrier.name, 'label', {
    trackingNumber,
    reference: poNumber,
    from: quoting.city,
    to: quote.destination,
  } satisfies Label);
  if (isFirstPart) context.later('ship', orderTimes.rest, poNumber);
}

/** Carriers take turns, shipment by shipment. */
function carrierInTurn({ carriers, state }: QuotingContext): QuotingContext['carriers'][number] {
  const shipped = state.orders.reduce((sum, { shipments }) => sum + shipments.length, 0);
  const carrier = carriers[shipped % carriers.length];
  if (!carrier) throw new Error('The lab has no carrier: nothing can be shipped.');
  return carrier;
}

const advance = (
  context: QuotingContext,
  poNumber: string,
  from: VendorOrder['status'],
  to: VendorOrder['status'],
): void => {
  const order = context.state.orders.find((each) => each.poNumber === poNumber && each.status === from);
  if (order) order.status = to;
};

export const quotingJobs = (quoting: QuotingService): NonNullable<Simulator<QuotingState>['jobs']> => ({
  'answer-quote': (id: string, context: QuotingContext) => answerQuote(quoting, context, id),
  confirm: (poNumber: string, context: QuotingContext) => advance(context, poNumber, 'entered', 'confirmed'),
  produce: (poNumber: string, context: QuotingContext) => advance(context, poNumber, 'confirmed', 'producing'),
  ship: (poNumber: string, context: QuotingContext) => ship(quoting, context, poNumber),
});

/** What the vendor still holds for us: quotes we could order, orders not yet shipped. */
export const quotingHoldings = (state: QuotingState) => ({
  openQuotes: state.quotes
    .filter(({ status }) => status === 'working' || status === 'quoted')
    .map(({ reference }) => reference)
    .sort(),
  liveOrders: state.orders
    .filter(({ status }) => status !== 'cancelled' && status !== 'shipped')
    .map(({ poNumber }) => poNumber)
    .sort(),
});

/** Every machine that has left this vendor's factory, for whoever plugs them in. */
export const machinesShipped = (state: QuotingState): Machine[] =>
  state.orders.flatMap((order) => order.shipments.flatMap(({ machines }) => machines));
