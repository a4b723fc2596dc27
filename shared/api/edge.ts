import { z } from 'zod';
import { ErrorKind } from '../errors/app-error.ts';
import { Health, ServerFacts } from '../facts.ts';
import { DatacenterId } from '../ids.ts';
import { BmcOperation, BmcTarget } from '../ports/bmc.ts';
import { SecretRef } from '../ports/secrets.ts';
import { MacText } from './operations.ts';

/** How a command ended. `unknown`: it was begun, and nobody can say whether it had an effect. */
export const CommandOutcome = z.discriminatedUnion('state', [
  z.object({ state: z.literal('done'), result: z.unknown() }),
  z.object({ state: z.literal('failed'), error: z.object({ code: z.string(), kind: ErrorKind, message: z.string(), retryAfterSeconds: z.number().optional() }) }),
  z.object({ state: z.literal('unknown'), because: z.string() }),
]);
export type CommandOutcome = z.infer<typeof CommandOutcome>;

/** One thing to do at one management controller. */
export const EdgeCommand = z.object({
  id: z.string().min(1),
  /** Grows: after one has been begun at a controller, none with a smaller number may be. */
  fence: z.number().int(),
  operation: BmcOperation, isWrite: z.boolean(), target: BmcTarget, input: z.unknown(),
  /** From the moment it was given out. Nothing may be sent to the controller after that. */
  runSeconds: z.number().positive(),
});
export type EdgeCommand = z.infer<typeof EdgeCommand>;

export const EdgeCommands = z.object({
  /** Of several agents of a datacenter one acts; the others ask again and take over when it falls silent. */
  role: z.enum(['active', 'standby']),
  /** How long the role holds after this was sent, if nothing more is heard. */
  leaseSeconds: z.number().positive(),
  /** How long the request had waited when the commands were given out: they run from then. */
  waitedMilliseconds: z.number().nonnegative(),
  commands: z.array(EdgeCommand),
});
export type EdgeCommands = z.infer<typeof EdgeCommands>;

/** One look at one management controller: what it said, or why it said nothing. */
export const BmcReading = z.union([
  z.object({ serverId: z.string().min(1), at: z.iso.datetime(), unreachable: z.string() }),
  z.object({ serverId: z.string().min(1), at: z.iso.datetime(), health: Health, powerWatts: z.number().optional(), inletCelsius: z.number().optional() }),
]);
export type BmcReading = z.infer<typeof BmcReading>;

const event = { id: z.string().min(1), at: z.iso.datetime(), datacenter: DatacenterId };

/** What a datacenter has seen: a machine asked for an address, one that nobody expects did, the validation image reports, or controllers were looked at. */
export const EdgeReport = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('dhcp-lease'), ...event, mac: MacText, address: z.string() }),
  z.object({
    kind: z.literal('unknown-machine'), ...event, mac: MacText, address: z.string(),
    /** Where it is plugged in, as the relay that passed its request on says (RFC 3046, sub-option 1). */
    circuitId: z.string().max(200).optional(),
  }),
  z.object({ kind: z.literal('inventory-report'), ...event, serial: z.string(), facts: ServerFacts }),
  z.object({ kind: z.literal('bmc-readings'), ...event, readings: z.array(BmcReading).min(1).max(500) }),
]);
export type EdgeReport = z.infer<typeof EdgeReport>;

/** What a datacenter tells: what it has seen, and how what it was told to do has ended. `at` grows with each event of an agent. */
export const EdgeEvent = z.discriminatedUnion('kind', [...EdgeReport.options, z.object({ kind: z.literal('command-answer'), ...event, commandId: z.string().min(1), serverId: z.string().min(1), outcome: CommandOutcome })]);
export type EdgeEvent = z.infer<typeof EdgeEvent>;

/** Which asset an event is about: a machine is known by its MAC until it says its serial number. Order holds among events of one. */
export function assetOf(event: EdgeEvent): string {
  switch (event.kind) {
    case 'inventory-report': return `serial ${event.serial}`;
    case 'command-answer': return `server ${event.serverId}`;
    case 'bmc-readings': return 'readings';
    default: return `mac ${event.mac}`;
  }
}

export const EdgeEvents = z.object({ events: z.array(EdgeEvent).min(1).max(500) });

/** The servers of a datacenter as its agent has to know them: who may ask for an address there, and what each is in the middle of. */
export const ExpectedServer = z.object({ id: z.string(), datacenter: DatacenterId, state: z.string(), serial: z.string().nullable(), bmcMac: z.string().nullable(), macs: z.array(z.string()), version: z.number(),
  /** Where its management controller answers, and which secret opens it; null while nobody has heard of it. */
  bmcAddress: z.string().nullable().default(null), bmcSecretRef: SecretRef.nullable().default(null),
});
export type ExpectedServer = z.infer<typeof ExpectedServer>;
export const ExpectedServers = z.object({ servers: z.array(ExpectedServer) });
export type ExpectedServers = z.infer<typeof ExpectedServers>;

/** Null where nothing is kept under that name. */
export const EdgeSecrets = z.object({ secrets: z.array(z.object({ ref: SecretRef, credentials: z.object({ username: z.string(), password: z.string() }).nullable() })) });
export type EdgeSecrets = z.infer<typeof EdgeSecrets>;
