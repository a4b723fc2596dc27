// A vendor's sales desk and warehouse, whatever the interface in front of it: quotes that take time, orders, shipments,
// returns.
import type { ServerConfig } from '../../../shared/facts/server.ts';
import type { SimContext, Simulator } from '../kit/simulator.ts';
import type { Tokens } from '../kit/tokens.ts';
import { buildMachine, modelFor, priceOf, type Machine, type VendorName } from './factory.ts';
import type { Label } from './parcels.ts';

export interface DeskLine {
  config: ServerConfig;
  quantity: number;
}
export interface DeskQuote {
  id: string;
  reference: string;
  destination: string;
  lines: DeskLine[];
  status: 'working' | 'quoted' | 'declined' | 'cancelled' | 'ordered';
  reason?: string;
  offer?: { unitMinor: number[]; models: string[]; totalMinor: number; validUntil: number; leadDays: number };
}
export interface DeskShipment {
  /** What the vendor calls the carrier. */
  carrier: string;
  trackingNumber: string;
  shippedAt: number;
  estimatedArrival: number;
  machines: (Machine & { line: number })[];
}
export interface DeskOrder {
  number: string;
  poNumber: string;
  quoteId: string;
  status: 'entered' | 'confirmed' | 'producing' | 'part-shipped' | 'shipped' | 'cancelled';
  shipments: DeskShipment[];
}
export interface DeskState {
  tokens: Tokens;
  /** Numbers given out so far: quotes, orders, returns. */
  papers: number;
  machinesBuilt: number;
  quotes: DeskQuote[];
  orders: DeskOrder[];
  returns: { number: string; reference: string; poNumber: string; serials: string[]; reason: string }[];
  /** Every order of more than one machine goes out in two shipments. */
  shipsInParts: boolean;
}
export type DeskContext = SimContext<DeskState>;

export interface Desk {
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

export const emptyDesk = (): DeskState => ({
  tokens: {},
  papers: 0,
  machinesBuilt: 0,
  quotes: [],
  orders: [],
  returns: [],
  shipsInParts: false,
});

export const paperNumber = (state: DeskState, from: number): string => String(from + ++state.papers);

export function openQuote(
  desk: Desk,
  context: DeskContext,
  quote: Pick<DeskQuote, 'id' | 'reference' | 'destination' | 'lines'>,
): DeskQuote {
  const opened: DeskQuote = { ...quote, status: 'working' };
  context.state.quotes.push(opened);
  context.effect('quote requested', quote.reference);
  context.later('answer-quote', desk.quoteSeconds, quote.id);
  return opened;
}

export const isExpired = (quote: DeskQuote, now: number): boolean =>
  quote.status === 'quoted' && (quote.offer?.validUntil ?? 0) < now;

export function placeOrder(
  context: DeskContext,
  order: Pick<DeskOrder, 'number' | 'poNumber'>,
  quote: DeskQuote,
): DeskOrder {
  const placed: DeskOrder = { ...order, quoteId: quote.id, status: 'entered', shipments: [] };
  context.state.orders.push(placed);
  quote.status = 'ordered';
  context.effect('order accepted', order.poNumber);
  context.later('confirm', orderTimes.confirmed, order.poNumber);
  context.later('produce', orderTimes.producing, order.poNumber);
  context.later('ship', orderTimes.shipped, order.poNumber);
  return placed;
}

/** Until production begins; afterwards the goods can only be sent back. */
export function callOff(context: DeskContext, order: DeskOrder): 'cancelled' | 'too late' {
  if (order.status === 'cancelled') return 'cancelled';
  if (order.status !== 'entered' && order.status !== 'confirmed') return 'too late';
  order.status = 'cancelled';
  context.effect('order cancelled', order.poNumber);
  return 'cancelled';
}

export function takeReturn(
  context: DeskContext,
  number: string,
  asked: { reference: string; poNumber: string; serials: string[]; reason: string },
): string {
  context.state.returns.push({ number, ...asked });
  context.effect('return authorised', asked.reference);
  return number;
}

export const deliveredSerials = (state: DeskState, poNumber: string): string[] =>
  state.orders
    .filter((order) => order.poNumber === poNumber)
    .flatMap((order) => order.shipments.flatMap(({ machines }) => machines.map(({ serial }) => serial)));

function answerQuote(desk: Desk, context: DeskContext, id: string): void {
  const quote = context.state.quotes.find((each) => each.id === id);
  if (quote?.status !== 'working') return;
  const prices = quote.lines.map(({ config }) => priceOf(desk.vendor, config));
  const problems = prices.flatMap((price) => ('reason' in price ? [price.reason] : []));
  if (problems.length > 0) return void Object.assign(quote, { status: 'declined', reason: problems.join('; ') });
  const unitMinor = prices.map((price) => ('minor' in price ? price.minor : 0));
  quote.status = 'quoted';
  quote.offer = {
    unitMinor,
    models: quote.lines.map(({ config }) => modelFor(desk.vendor, config)),
    totalMinor: quote.lines.reduce((sum, { quantity }, index) => sum + quantity * (unitMinor[index] ?? 0), 0),
    validUntil: context.now() + desk.validDays * 86_400_000,
    leadDays: desk.leadDays,
  };
}

function ship(desk: Desk, context: DeskContext, poNumber: string): void {
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
    ...buildMachine(desk.vendor, ++state.machinesBuilt, poNumber, config),
    line,
  }));
  const carrier = carrierInTurn(context);
  const trackingNumber = carrier.trackingNumber(desk.shipper, paperNumber(state, 10_000_000));
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
    from: desk.city,
    to: quote.destination,
  } satisfies Label);
  if (isFirstPart) context.later('ship', orderTimes.rest, poNumber);
}

/** Carriers take turns, shipment by shipment. */
function carrierInTurn({ carriers, state }: DeskContext): DeskContext['carriers'][number] {
  const shipped = state.orders.reduce((sum, { shipments }) => sum + shipments.length, 0);
  const carrier = carriers[shipped % carriers.length];
  if (!carrier) throw new Error('The lab has no carrier: nothing can be shipped.');
  return carrier;
}

const advance = (context: DeskContext, poNumber: string, from: DeskOrder['status'], to: DeskOrder['status']): void => {
  const order = context.state.orders.find((each) => each.poNumber === poNumber && each.status === from);
  if (order) order.status = to;
};

export const deskJobs = (desk: Desk): NonNullable<Simulator<DeskState>['jobs']> => ({
  'answer-quote': (id: string, context: DeskContext) => answerQuote(desk, context, id),
  confirm: (poNumber: string, context: DeskContext) => advance(context, poNumber, 'entered', 'confirmed'),
  produce: (poNumber: string, context: DeskContext) => advance(context, poNumber, 'confirmed', 'producing'),
  ship: (poNumber: string, context: DeskContext) => ship(desk, context, poNumber),
});

/** What the vendor still holds for us: quotes we could order, orders not yet shipped. */
export const deskHoldings = (state: DeskState) => ({
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
export const machinesShipped = (state: DeskState): Machine[] =>
  state.orders.flatMap((order) => order.shipments.flatMap(({ machines }) => machines));
