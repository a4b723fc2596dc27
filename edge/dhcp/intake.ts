import { z } from 'zod';
import { isoTime, type Clock } from '../../shared/kernel/clock.ts';
import { jsonRoute, type Routes } from '../kernel/listener.ts';
import type { LeaseTracker } from './lease-tracker.ts';
import { Lease } from './lease.ts';

/**
 * What any other DHCP server's hook may tell: who was given which address, and at which switch port it is (option 82).
 */
const HookLease = Lease.partial({ at: true }).extend({ circuitId: z.string().trim().min(1).max(200).optional() });

/**
 * Where leases are told that no spool and no proxy brings. Answered 202 when what there is to tell is on disk; 503 asks
 * to be told again.
 */
export const intakeRoutes = (tracker: Pick<LeaseTracker, 'take'>, clock: Clock): Routes => ({
  'POST /lease': jsonRoute(HookLease, 'lease', async ({ at, ...lease }) => {
    await tracker.take({ ...lease, at: at ?? isoTime(clock.now()) });
    return { status: 202, body: {} };
  }),
});
