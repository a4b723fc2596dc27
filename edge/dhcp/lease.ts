import { isIPv4 } from 'node:net';
import { z } from 'zod';
import { MacAddress } from '../../shared/facts/server.ts';

/** A machine has been given an address (or was heard asking for it), whichever server gave it. */
export const Lease = z.object({
  mac: MacAddress,
  address: z.string().refine((text) => isIPv4(text) && text !== '0.0.0.0', { error: 'must be an IPv4 address' }),
  /** The switch port a relay heard it on. */
  circuitId: z.string().min(1).max(255).optional(),
  /** Where a BMC answers on a port of its own: behind address translation, in a lab. DHCP knows none. */
  port: z.number().int().min(1).max(65_535).optional(),
  hostname: z.string().min(1).max(255).optional(),
  vendorClass: z.string().min(1).max(255).optional(),
  /** When the client was last heard, UTC. */
  at: z.iso.datetime(),
});
export type Lease = z.infer<typeof Lease>;

/**
 * Takes a lease for good: once it resolves, the source forgets the lease; where it rejects, the source brings it again.
 */
export type OnLease = (lease: Lease) => Promise<void>;

/** The same for every telling of one lease, so that hearing of it twice (hook, then catch-up) is hearing of it once. */
export const leaseKey = ({ mac, address, at }: Lease): string =>
  `lease-${mac.replaceAll(':', '')}-${address}-${Math.floor(Date.parse(at) / 1000)}`;

/**
 * Brings every lease a DHCP server holds, one after the other: after a start, for what was not told meanwhile. Gives
 * their number.
 */
export async function catchUp(leases: AsyncIterable<Lease> | Iterable<Lease>, onLease: OnLease): Promise<number> {
  let count = 0;
  for await (const lease of leases) {
    await onLease(lease);
    count += 1;
  }
  return count;
}
