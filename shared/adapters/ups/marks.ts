import type { CarrierMarks } from '../../ports/carrier.ts';

/** `1Z`, six characters of the shipper, two of the service, eight of the parcel. */
export const upsMarks: CarrierMarks = {
  name: 'ups',
  calledBy: /^(ups|united parcel service)\b/i,
  numbers: /^1Z[0-9A-Z]{16}$/,
};
