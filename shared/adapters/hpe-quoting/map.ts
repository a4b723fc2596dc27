import type { z } from 'zod';
import { MacAddress, type ServerConfig } from '../../facts/server.ts';
import type { QuoteAnswer, QuoteLine, VendorOrder } from '../../ports/quoting.ts';
import type { Order, QuoteRequest, Refusal } from './contract.ts';

/** `48211.5` → 4821150, without passing through a floating-point number. */
export function minorOf(decimal: string): number {
  const [whole = '0', fraction = ''] = decimal.split('.');
  return Number(whole) * 100 + Number(fraction.padEnd(2, '0'));
}

const perUnit = new Map([
  ['DAYS', 1],
  ['WEEKS', 7],
]);

export const toRequest = (request: { requestId: string; lines: QuoteLine[]; deliverTo: string }) => ({
  clientReference: request.requestId,
  shipTo: { siteCode: request.deliverTo },
  items: request.lines.map(({ config, quantity }, index) => ({
    lineNo: index + 1,
    qty: quantity,
    requested: { processor: config.cpu, memory: config.ram, storage: config.storage, network: config.network },
  })),
});

/** A status HPE adds later is waited for; the caller's time limit ends that. */
export function toQuoteAnswer(request: QuoteRequest): QuoteAnswer {
  if (request.status === 'CANCELLED') return { outcome: 'cancelled' };
  if (request.status === 'DECLINED' || request.status === 'EXPIRED')
    return { outcome: 'declined', reason: request.statusReason ?? `HPE says ${request.status.toLowerCase()}` };
  if (!request.quote || !['QUOTED', 'ORDERED'].includes(request.status)) return { outcome: 'pending' };
  const { quote } = request;
  return {
    outcome: 'quoted',
    quote: {
      ref: request.quoteRequestId,
      version: quote.revision,
      totalMinor: minorOf(quote.totals.netAmount),
      currency: quote.currencyCode,
      validUntil: `${quote.validThrough}T23:59:59Z`,
      leadTimeDays: Math.ceil(quote.leadTime.value * (perUnit.get(quote.leadTime.unit) ?? 1)),
      model: [...new Set(quote.items.map(({ productName }) => withoutMaker(productName)))].join(' + '),
    },
  };
}

export function toVendorOrder(order: Order): VendorOrder {
  if (order.status === 'CANCELLED') return { outcome: 'cancelled', reason: order.statusReason ?? 'cancelled at HPE' };
  if (order.shipments.length > 0)
    return {
      outcome: 'shipped',
      notices: noticesOf(order),
      isComplete: ['SHIPPED', 'DELIVERED'].includes(order.status),
    };
  return { outcome: ['ACKNOWLEDGED', 'IN_PRODUCTION', 'ON_HOLD'].includes(order.status) ? 'confirmed' : 'received' };
}

function noticesOf(order: Order) {
  const configs = new Map(
    order.items.map(({ lineNo, requested }) => [
      lineNo,
      {
        cpu: requested.processor,
        ram: requested.memory,
        storage: requested.storage,
        network: requested.network,
      } satisfies ServerConfig,
    ]),
  );
  return order.shipments.map((shipment) => ({
    carrier: shipment.carrierCode.toLowerCase(),
    trackingNumber: shipment.trackingNumber,
    ...(shipment.estimatedDelivery && { estimatedArrival: shipment.estimatedDelivery }),
    items: shipment.units.map((unit) => ({
      serial: unit.serialNumber,
      model: withoutMaker(unit.productName),
      manufacturer: 'HPE',
      bmcMac: MacAddress.parse(unit.iloMac),
      macs: unit.nicMacs.map((mac) => MacAddress.parse(mac)),
      config: configs.get(unit.lineNo) ?? { cpu: 'unknown', ram: 'unknown', storage: 'unknown', network: 'unknown' },
    })),
  }));
}

const withoutMaker = (productName: string): string => productName.replace(/^HPE\s+/, '');

export const reasonOf = ({ errors }: z.infer<typeof Refusal>): string => errors.map(({ message }) => message).join(' ');
