import type { Tracking } from '../../ports/carrier.ts';
import type { TrackResult } from './contract.ts';

/** FedEx's status codes; one that it adds later is unknown. */
const statuses = new Map<string | undefined, Tracking['status']>([
  ['OC', 'label-created'], // order created
  ['IN', 'label-created'], // initiated
  ['PU', 'in-transit'], // picked up
  ['PX', 'in-transit'],
  ['IT', 'in-transit'],
  ['IX', 'in-transit'],
  ['AR', 'in-transit'], // arrived at
  ['AF', 'in-transit'], // at a FedEx facility
  ['DP', 'in-transit'], // departed
  ['CC', 'in-transit'], // cleared customs
  ['CP', 'in-transit'], // clearance in progress
  ['HL', 'in-transit'], // held at a location for pick-up
  ['OD', 'out-for-delivery'],
  ['DL', 'delivered'],
  ['DE', 'exception'], // delivery exception
  ['SE', 'exception'], // shipment exception
  ['CD', 'exception'], // clearance delay
  ['DY', 'exception'], // delay
  ['DD', 'exception'], // delivery delay
  ['CA', 'exception'], // cancelled by the shipper
  ['RS', 'exception'], // going back to the shipper
]);

/** The dates that promise an arrival, the best first. */
const promises = ['ESTIMATED_DELIVERY', 'APPOINTMENT_DELIVERY', 'COMMITMENT'];

/** What became of one parcel. `derivedCode` is FedEx's own summary of `code`. */
export function toTracking(found: TrackResult | undefined): Tracking {
  const latest = found?.latestStatusDetail;
  const status = statuses.get(latest?.derivedCode) ?? statuses.get(latest?.code) ?? 'unknown';
  const estimatedArrival = promises.flatMap((type) => dateOf(found, type) ?? []).at(0);
  const deliveredAt = status === 'delivered' ? dateOf(found, 'ACTUAL_DELIVERY') : undefined;
  const lastEvent = found?.scanEvents?.[0]?.eventDescription ?? latest?.description;
  return {
    status,
    ...(estimatedArrival && { estimatedArrival }),
    ...(deliveredAt && { deliveredAt }),
    ...(lastEvent && { lastEvent }),
  };
}

/** In UTC; a moment without an offset is the place's own, so only its day is kept. */
function dateOf(found: TrackResult | undefined, type: string): string | undefined {
  const text = found?.dateAndTimes?.find((each) => each.type === type)?.dateTime;
  if (text === undefined || Number.isNaN(Date.parse(text))) return undefined;
  return /(Z|[+-]\d{2}:?\d{2})$/.test(text) && text.includes('T') ? new Date(text).toISOString() : text.slice(0, 10);
}
