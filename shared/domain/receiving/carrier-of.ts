import type { Carrier } from '../../ports/carrier.ts';

/**
 * The carrier that has a shipment: the one that the vendor names, else the one whose numbers look like this. Carriers
 * that are off count too, so that their absence is said and no other is asked instead. Undefined where it is none of
 * them or could be several.
 */
export function carrierOf(
  carriers: readonly Carrier[],
  { carrier, trackingNumber }: { carrier: string; trackingNumber: string },
): Carrier | undefined {
  const named = carriers.filter(({ calledBy }) => calledBy.test(carrier));
  const [found, another] =
    named.length > 0 ? named : carriers.filter(({ numbers }) => numbers.test(trackingNumber.replaceAll(' ', '')));
  return another ? undefined : found;
}
