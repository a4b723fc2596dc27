import { MacAddress, type ServerConfig } from '../../facts/server.ts';
import { isoTime } from '../../kernel/clock.ts';
import type { QuoteAnswer, QuoteLine, VendorOrder } from '../../ports/quoting.ts';
import type { Order, Quote } from './contract.ts';

export const toNewQuote = (request: { requestId: string; lines: QuoteLine[]; deliverTo: string }) => ({
  CustomerReference: request.requestId,
  Destination: request.deliverTo,
  LineItems: request.lines.map(({ config, quantity }, index) => ({
    Sequence: index,
    Quantity: quantity,
    Configuration: { Processors: config.cpu, Memory: config.ram, Drives: config.storage, Network: config.network },
  })),
});

/** Five business days are a week. */
const calendarDays = (businessDays: number): number => Math.ceil((businessDays * 7) / 5);

/** A state Dell adds later is waited for; the caller's time limit ends that. */
export function toQuoteAnswer(quote: Quote): QuoteAnswer {
  if (quote.State === 'Withdrawn') return { outcome: 'cancelled' };
  if (quote.State === 'Rejected' || quote.State === 'Lapsed')
    return { outcome: 'declined', reason: quote.Remark ?? `Dell says ${quote.State.toLowerCase()}` };
  if (!['Ready', 'Converted'].includes(quote.State) || !quote.Total || quote.ExpiresAt === undefined)
    return { outcome: 'pending' };
  return {
    outcome: 'quoted',
    quote: {
      ref: quote.QuoteId,
      version: quote.Version ?? 1,
      totalMinor: Math.round(quote.Total.Value * 100),
      currency: quote.Total.Currency,
      validUntil: isoTime(quote.ExpiresAt * 1000),
      leadTimeDays: calendarDays(quote.ShipsInBusinessDays ?? 0),
      model: [...new Set((quote.LineItems ?? []).map(({ Model }) => Model))].join(' + '),
    },
  };
}

export function toVendorOrder(order: Order): VendorOrder {
  if (order.Status === 'Cancelled') return { outcome: 'cancelled', reason: order.Remark ?? 'cancelled at Dell' };
  if (order.Consignments.length > 0)
    return {
      outcome: 'shipped',
      notices: noticesOf(order),
      isComplete: ['Shipped', 'Delivered'].includes(order.Status),
    };
  return { outcome: ['Confirmed', 'InProduction', 'Hold'].includes(order.Status) ? 'confirmed' : 'received' };
}

const partKinds = { Memory: 'memory', Drive: 'drive' } as const;
const isCompared = (kind: string): kind is keyof typeof partKinds => kind in partKinds;

function noticesOf(order: Order) {
  const configs = new Map(
    order.LineItems.map(({ Sequence, Configuration: wish }) => [
      Sequence,
      { cpu: wish.Processors, ram: wish.Memory, storage: wish.Drives, network: wish.Network } satisfies ServerConfig,
    ]),
  );
  return order.Consignments.map((consignment) => ({
    carrier: consignment.Carrier.Name.toLowerCase(),
    trackingNumber: consignment.Carrier.Tracking,
    ...(consignment.ExpectedAt !== undefined && { estimatedArrival: isoTime(consignment.ExpectedAt * 1000) }),
    items: consignment.Systems.map((system) => ({
      serial: system.ServiceTag,
      model: system.Model,
      manufacturer: 'Dell Inc.',
      bmcMac: MacAddress.parse(system.IdracMac),
      macs: system.Ports.map(({ Mac }) => MacAddress.parse(Mac)),
      ...(system.Parts.length > 0 && {
        parts: system.Parts.flatMap(({ Kind, Serial, Slot }) =>
          isCompared(Kind)
            ? [{ kind: partKinds[Kind], serial: Serial, ...(Slot !== undefined && { place: Slot }) }]
            : [],
        ),
      }),
      config: configs.get(system.Sequence) ?? {
        cpu: 'unknown',
        ram: 'unknown',
        storage: 'unknown',
        network: 'unknown',
      },
    })),
  }));
}
