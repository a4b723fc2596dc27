import type { Tracking } from '../../ports/carrier.ts';
import type { Package } from './contract.ts';

/** UPS's activity status types; a type it adds later reads as in transit only if it says so itself. */
const statuses = new Map<string | undefined, Tracking['status']>([
  ['M', 'label-created'],
  ['P', 'in-transit'],
  ['I', 'in-transit'],
  ['W', 'in-transit'],
  ['DO', 'in-transit'],
  ['DD', 'in-transit'],
  ['O', 'out-for-delivery'],
  ['D', 'delivered'],
  ['X', 'exception'],
  ['RS', 'exception'],
  ['MV', 'exception'],
]);

/** What became of one package. UPS fills `currentStatus` late on some services, so the latest scan stands in for it. */
export function toTracking(found: Package | undefined): Tracking {
  const latest = found?.activity?.[0];
  const status = statuses.get(found?.currentStatus?.type) ?? statuses.get(latest?.status?.type) ?? 'unknown';
  const promised = dateOf(found, 'RDD') ?? dateOf(found, 'SDD');
  const lastEvent = latest?.status?.description ?? found?.currentStatus?.description;
  return {
    status,
    ...(promised && { estimatedArrival: promised }),
    ...(status === 'delivered' && deliveredAt(found)),
    ...(lastEvent && { lastEvent }),
  };
}

/** The moment in UTC where UPS gives one, otherwise the day at the place of delivery. */
function deliveredAt(found: Package | undefined): { deliveredAt?: string } {
  const latest = found?.activity?.[0];
  const moment = utc(latest?.gmtDate, latest?.gmtTime) ?? dateOf(found, 'DEL') ?? isoDate(latest?.date);
  return moment ? { deliveredAt: moment } : {};
}

const dateOf = (found: Package | undefined, type: string) =>
  isoDate(found?.deliveryDate?.find((date) => date.type === type)?.date);

const isoDate = (text: string | undefined) =>
  text?.match(/^\d{8}$/) ? `${text.slice(0, 4)}-${text.slice(4, 6)}-${text.slice(6)}` : undefined;

/** `gmtTime` comes with and without leading zero and colons: `74700`, `07:47:00`. */
function utc(date: string | undefined, time: string | undefined): string | undefined {
  const day = isoDate(date);
  const digits = time?.replaceAll(':', '').padStart(6, '0');
  return day && digits?.match(/^\d{6}$/)
    ? `${day}T${digits.slice(0, 2)}:${digits.slice(2, 4)}:${digits.slice(4)}Z`
    : undefined;
}
