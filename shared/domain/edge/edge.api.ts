import { z } from 'zod';
import { ImageJobKind, JobState, JobResult, RequestedJob } from '../../facts/image-job.ts';
import { MacText } from '../../facts/mac.ts';
import { ServerFacts } from '../../facts/server.ts';
import { ErrorKind } from '../../kernel/errors/app-error.ts';
import { DatacenterId } from '../../kernel/ids.ts';
import { BmcOperation, BmcTarget } from '../../ports/bmc.ts';
import { SecretRef } from '../../ports/secrets.ts';
import { BmcReading, isUnrepeatable } from '../health/bmc-reading.ts';

/** How a command ended. `unknown`: it was begun, and nobody can say whether it had an effect. */
export const CommandOutcome = z.discriminatedUnion('state', [
  z.object({ state: z.literal('done'), result: z.unknown() }),
  z.object({
    state: z.literal('failed'),
    error: z.object({
      code: z.string(),
      kind: ErrorKind,
      message: z.string(),
      retryAfterSeconds: z.number().optional(),
    }),
  }),
  z.object({ state: z.literal('unknown'), reason: z.string() }),
]);
export type CommandOutcome = z.infer<typeof CommandOutcome>;

/** One thing to do at one management controller. */
export const EdgeCommand = z.object({
  id: z.string().min(1),
  /** Grows: after one has been begun at a controller, none with a smaller number may be. */
  fence: z.number().int(),
  operation: BmcOperation,
  isWrite: z.boolean(),
  target: BmcTarget,
  input: z.unknown(),
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

/** A switch port, as the relay there names it (RFC 3046, sub-option 1). */
const Circuit = z.string().min(1).max(255);
const seen = { id: z.string().min(1), at: z.iso.datetime(), datacenter: DatacenterId };
const machine = { ...seen, mac: MacText };
const leased = {
  ...machine,
  address: z.string(),
  /** Where its Redfish answers, should it be a BMC. Absent where the address is not one a BMC may have. */
  bmcUrl: z.url({ protocol: /^https?$/ }).optional(),
  circuitId: Circuit.optional(),
};

/** What is wrong about something that an agent observed. */
export const Anomaly = z.discriminatedUnion('kind', [
  /** One MAC on two switch ports at a time, not both of one server: one of the two machines is not what it says. */
  z.object({ kind: z.literal('duplicate-mac'), circuits: z.tuple([Circuit, Circuit]) }),
  /** One MAC on two switch ports that both lead to one server: its ports act as one. */
  z.object({ kind: z.literal('bonded'), circuits: z.tuple([Circuit, Circuit]) }),
  /** It was elsewhere before. */
  z.object({ kind: z.literal('moved'), from: Circuit, to: Circuit }),
  /** An unknown device where a known server was: a new mainboard or network card, or another machine. */
  z.object({ kind: z.literal('swapped-board'), circuitId: Circuit }),
  /** An address that no port was made with, where a known server is: software on it, as a rule. */
  z.object({ kind: z.literal('unexpected-origin'), circuitId: Circuit, reason: z.string() }),
  /** A BMC with an address outside the management network: it is not spoken to there. */
  z.object({ kind: z.literal('outside-prefixes'), address: z.string(), prefixes: z.array(z.string()) }),
  /**
   * The validation image read another serial number than that of the server whose port it was booted from; and this is
   * what it measured.
   */
  z.object({ kind: z.literal('other-serial'), expected: z.string(), found: z.string(), facts: ServerFacts }),
  /** The validation image posted what nobody can read. */
  z.object({ kind: z.literal('unreadable-report'), reason: z.string().max(2000) }),
]);
export type Anomaly = z.infer<typeof Anomaly>;

/** What a datacenter has seen. */
export const EdgeReport = z.discriminatedUnion('kind', [
  /** A machine was given an address. */
  z.object({ kind: z.literal('dhcp-lease'), ...leased }),
  /** So was one that nobody expects; or it asked what to boot. */
  z.object({
    kind: z.literal('unknown-device'),
    ...leased,
    /** What it says of itself. */ about: z.string().max(500).optional(),
  }),
  z.object({
    kind: z.literal('anomaly'),
    ...machine,
    /** Whose port or place it concerns. */ serverId: z.string().optional(),
    anomaly: Anomaly,
  }),
  /** A machine asked what to boot, and was told. */
  z.object({
    kind: z.literal('boot-answered'),
    ...machine,
    serverId: z.string(),
    choice: z.enum(['image', 'disk', 'hold']),
    reason: z.string().max(500),
    architecture: z.string().optional(),
  }),
  /**
   * What the validation image found. Without a serial number its boards have none, and the port it was booted from
   * tells whose it is.
   */
  z
    .object({
      kind: z.literal('inventory-report'),
      ...seen,
      serial: z.string().optional(),
      mac: MacText.optional(),
      facts: ServerFacts,
    })
    .refine(({ serial, mac }) => serial !== undefined || mac !== undefined, {
      error: 'must say whose it is, by serial number or MAC',
      path: ['serial'],
    }),
  /** The progress of a validation image's job, and at the end its results. */
  z.object({
    kind: z.literal('job-progress'),
    ...seen,
    serverId: z.string(),
    jobId: z.string(),
    jobKind: ImageJobKind,
    state: JobState.exclude(['waiting']),
    percent: z.number().int().min(0).max(100),
    results: z.array(JobResult).max(1024),
  }),
  /** Controllers were looked at. */
  z.object({ kind: z.literal('bmc-readings'), ...seen, readings: z.array(BmcReading).min(1).max(500) }),
]);
export type EdgeReport = z.infer<typeof EdgeReport>;

/**
 * What a datacenter tells: what it has seen, and how what it was told to do has ended. `at` grows with each event of an
 * agent.
 */
export const EdgeEvent = z.discriminatedUnion('kind', [
  ...EdgeReport.options,
  z.object({
    kind: z.literal('command-answer'),
    ...seen,
    commandId: z.string().min(1),
    serverId: z.string().min(1),
    outcome: CommandOutcome,
  }),
]);
export type EdgeEvent = z.infer<typeof EdgeEvent>;

/**
 * Which asset an event is about: a machine is known by its MAC until it says its serial number. Order holds among
 * events of one.
 */
export function assetOf(event: EdgeEvent): string {
  switch (event.kind) {
    case 'inventory-report':
      return event.serial === undefined ? `mac ${event.mac}` : `serial ${event.serial}`;
    case 'job-progress':
      return `job ${event.jobId}`;
    case 'command-answer':
      return `server ${event.serverId}`;
    case 'bmc-readings':
      return 'readings';
    default:
      return `mac ${event.mac}`;
  }
}

/**
 * A newer event of the same asset with the same key supersedes the older one, which may be dropped where there is no
 * room for both.
 */
export function supersedeKey(event: EdgeEvent): string {
  switch (event.kind) {
    case 'anomaly':
      return `${event.kind} ${event.anomaly.kind}`;
    case 'bmc-readings':
      return event.readings.some(isUnrepeatable) ? `${event.kind} ${event.id}` : event.kind;
    default:
      return event.kind;
  }
}
export const EdgeEvents = z.object({ events: z.array(EdgeEvent).min(1).max(500) });

/**
 * The servers of a datacenter as its agent has to know them: who may ask for an address there, and what each is in the
 * middle of.
 */
export const ExpectedServer = z.object({
  id: z.string(),
  datacenter: DatacenterId,
  state: z.string(),
  serial: z.string().nullable(),
  bmcMac: z.string().nullable(),
  macs: z.array(z.string()),
  version: z.number(),
  /** Where its management controller answers, and which secret opens it; null while nobody has heard of it. */
  bmcAddress: z.string().nullable().default(null),
  bmcSecretRef: SecretRef.nullable().default(null),
  /** The jobs of its validation image, in order. A job that is no longer listed is cancelled. */
  jobs: z.array(RequestedJob).default([]),
});
export type ExpectedServer = z.infer<typeof ExpectedServer>;
export const ExpectedServers = z.object({ servers: z.array(ExpectedServer) });
export type ExpectedServers = z.infer<typeof ExpectedServers>;

/** Null where nothing is kept under that name. */
export const EdgeSecrets = z.object({
  secrets: z.array(
    z.object({ ref: SecretRef, credentials: z.object({ username: z.string(), password: z.string() }).nullable() }),
  ),
});
export type EdgeSecrets = z.infer<typeof EdgeSecrets>;
