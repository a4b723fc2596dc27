import { z } from 'zod';
import { ServerFacts } from '../facts.ts';
import { DatacenterId } from '../ids.ts';
import { MacText } from './operations.ts';

/** What a datacenter tells: a machine asked for an address, one that nobody expects did, or the validation image reports. `at` grows with each event of an agent. */
export const EdgeEvent = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('dhcp-lease'), id: z.string().min(1), at: z.iso.datetime(), datacenter: DatacenterId, mac: MacText, address: z.string() }),
  z.object({
    kind: z.literal('unknown-machine'), id: z.string().min(1), at: z.iso.datetime(), datacenter: DatacenterId, mac: MacText, address: z.string(),
    /** Where it is plugged in, as the relay that passed its request on says (RFC 3046, sub-option 1). */
    circuitId: z.string().max(200).optional(),
  }),
  z.object({ kind: z.literal('inventory-report'), id: z.string().min(1), at: z.iso.datetime(), datacenter: DatacenterId, serial: z.string(), facts: ServerFacts }),
]);
export type EdgeEvent = z.infer<typeof EdgeEvent>;
/** Which asset an event is about: a machine is known by its MAC until it says its serial number. Order holds among events of one. */
export const assetOf = (event: EdgeEvent): string => (event.kind === 'inventory-report' ? `serial ${event.serial}` : `mac ${event.mac}`);
export const EdgeEvents = z.object({ events: z.array(EdgeEvent).min(1).max(500) });

/** The servers of a datacenter as its agent has to know them: who may ask for an address there, and what each is in the middle of. */
export const ExpectedServer = z.object({ id: z.string(), datacenter: DatacenterId, state: z.string(), serial: z.string().nullable(), bmcMac: z.string().nullable(), macs: z.array(z.string()), version: z.number() });
export type ExpectedServer = z.infer<typeof ExpectedServer>;
export const ExpectedServers = z.object({ servers: z.array(ExpectedServer) });
export type ExpectedServers = z.infer<typeof ExpectedServers>;
