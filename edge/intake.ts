import { z } from 'zod';
import { MacAddress, ServerFacts } from '../shared/facts.ts';
import type { Sighting } from './agent.ts';
import { jsonRoute, type Routes } from './listener.ts';

/** What a DHCP server's hook tells: who was given which address, and at which port of the network it is (option 82). */
export const Lease = z.object({ mac: MacAddress, address: z.string().trim().min(1).max(200), circuitId: z.string().trim().min(1).max(200).optional() });

/** What the validation image found on the machine it runs on. */
export const Inventory = z.object({ serial: z.string().trim().min(1).max(64), facts: ServerFacts });

/** Where the datacenter reports. Answered 202 when it is on disk; 503 asks to be told again. */
export const intakeRoutes = (report: (sighting: Sighting) => Promise<void>): Routes => ({
  'POST /lease': jsonRoute(Lease, 'lease', async (lease) => {
    await report({ kind: 'lease', ...lease });
    return { status: 202, body: {} };
  }),
  'POST /inventory': jsonRoute(Inventory, 'inventory', async (inventory) => {
    await report({ kind: 'inventory', ...inventory });
    return { status: 202, body: {} };
  }),
});
