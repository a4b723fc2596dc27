import { isIPv4 } from 'node:net';
import { z } from 'zod';
import { MacAddress } from '../../shared/facts/server.ts';

/** A lease, or a request for one that was overheard, whichever server gives it. */
export const Lease = z.object({
  mac: MacAddress,
  address: z.string().refine((text) => isIPv4(text) && text !== '0.0.0.0', { error: 'must be an IPv4 address' }),
  /** The switch port at which a relay received it. */
  circuitId: z.string().min(1).max(255).optional(),
  /** The port of a BMC behind address translation, as in a lab. DHCP has no such field. */
  port: z.number().int().min(1).max(65_535).optional(),
  hostname: z.string().min(1).max(255).optional(),
  vendorClass: z.string().min(1).max(255).optional(),
  /** When the client was last heard, UTC. */
  at: z.iso.datetime(),
});
export type Lease = z.infer<typeof Lease>;

/** Takes over a lease: once it resolves, the source drops the lease; where it rejects, the source offers it again. */
export type OnLease = (lease: Lease) => Promise<void>;

/** The same key whichever source reports a lease (hook, then catch-up), so that it is reported once. */
export const leaseKey = ({ mac, address, at }: Lease): string =>
  `lease-${mac.replaceAll(':', '')}-${address}-${Math.floor(Date.parse(at) / 1000)}`;

/**
 * Hands over every lease that a DHCP server holds, one after the other, for those given while the agent was down.
 * Answers how many.
 */
export async function catchUp(leases: AsyncIterable<Lease> | Iterable<Lease>, onLease: OnLease): Promise<number> {
  let count = 0;
  for await (const lease of leases) {
    await onLease(lease);
    count += 1;
  }
  return count;
}
