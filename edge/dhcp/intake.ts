import { z } from 'zod';
import { isoTime, type Clock } from '../../shared/kernel/clock.ts';
import { jsonRoute, type Routes } from '../kernel/listener.ts';
import type { LeaseTracker } from './lease-tracker.ts';
import { Lease } from './lease.ts';

/**
 * What the hook of any other DHCP server may post: who was given which address, and at which switch port (option 82).
 */
const HookLease = Lease.partial({ at: true }).extend({ circuitId: z.string().trim().min(1).max(200).optional() });

/** Takes leases that neither spool nor proxy brings. 202: its events are on disk. 503: post it again. */
export const intakeRoutes = (tracker: Pick<LeaseTracker, 'take'>, clock: Clock): Routes => ({
  'POST /lease': jsonRoute(HookLease, 'lease', async ({ at, ...lease }) => {
    await tracker.take({ ...lease, at: at ?? isoTime(clock.now()) });
    return { status: 202, body: {} };
  }),
});
