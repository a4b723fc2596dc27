import { z } from 'zod';
import { ImageJobKind, JobState, JobResult, RequestedJob } from '../../facts/image-job.ts';
import { MacText } from '../../facts/mac.ts';
import { ServerFacts } from '../../facts/server.ts';
import { ErrorKind } from '../../kernel/errors/app-error.ts';
import { DatacenterId } from '../../kernel/ids.ts';
import { BmcOperation, BmcTarget } from '../../ports/bmc.ts';
import { SecretRef } from '../../ports/secrets.ts';
import { BmcReading, isUnrepeatable } from '../health/bmc-reading.ts';

/** The outcome of a command. `unknown`: it was started, and it is not known whether it had an effect. */
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

/** One operation at one management controller. */
export const EdgeCommand = z.object({
  id: z.string().min(1),
  /** Grows: once a write was started at a controller, none with a smaller number may start. */
  fence: z.number().int(),
  operation: BmcOperation,
  isWrite: z.boolean(),
  target: BmcTarget,
  input: z.unknown(),
  /** Seconds from when it was handed out. Nothing may be sent to the controller after that. */
  runSeconds: z.number().positive(),
});
export type EdgeCommand = z.infer<typeof EdgeCommand>;

export const EdgeCommands = z.object({
  /** One agent of a datacenter is active; the others keep asking and take over when it falls silent. */
  role: z.enum(['active', 'standby']),
  /** How long the role holds unless the agent asks again. */
  leaseSeconds: z.number().positive(),
  /** How long the request had waited when the commands were handed out: their time runs from then. */
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
  /** The Redfish address if it is a BMC. Absent where a BMC may not have that address. */
  bmcUrl: z.url({ protocol: /^https?$/ }).optional(),
  circuitId: Circuit.optional(),
};

/** What is wrong about something that an agent observed. */
export const Anomaly = z.discriminatedUnion('kind', [
  /** One MAC on two switch ports at a time, not both of one server: one of the machines has a false address. */
  z.object({ kind: z.literal('duplicate-mac'), circuits: z.tuple([Circuit, Circuit]) }),
  /** One MAC on two switch ports of one server: its ports are bonded. */
  z.object({ kind: z.literal('bonded'), circuits: z.tuple([Circuit, Circuit]) }),
  /** It was at another switch port before. */
  z.object({ kind: z.literal('moved'), from: Circuit, to: Circuit }),
  /** An unknown device where a known server was: a new mainboard or network card, or another machine. */
  z.object({ kind: z.literal('swapped-board'), circuitId: Circuit }),
  /** A MAC that no port was made with, where a known server is: as a rule, software on it. */
  z.object({ kind: z.literal('unexpected-origin'), circuitId: Circuit, reason: z.string() }),
  /** A BMC with an address outside the management network: the agent does not connect to it there. */
  z.object({ kind: z.literal('outside-prefixes'), address: z.string(), prefixes: z.array(z.string()) }),
  /**
   * The validation image read another serial number than that of the server whose port it was booted from. `facts` is
   * what it measured.
   */
  z.object({ kind: z.literal('other-serial'), expected: z.string(), found: z.string(), facts: ServerFacts }),
  /** The validation image posted a report that cannot be read. */
  z.object({ kind: z.literal('unreadable-report'), reason: z.string().max(2000) }),
]);
export type Anomaly = z.infer<typeof Anomaly>;

/** What an agent observed. */
export const EdgeReport = z.discriminatedUnion('kind', [
  /** A machine was given an address. */
  z.object({ kind: z.literal('dhcp-lease'), ...leased }),
  /** An unknown device was given an address, or asked what to boot. */
  z.object({
    kind: z.literal('unknown-device'),
    ...leased,
    /** How it describes itself. */ about: z.string().max(500).optional(),
  }),
  z.object({
    kind: z.literal('anomaly'),
    ...machine,
    /** The server whose port or location is concerned. */ serverId: z.string().optional(),
    anomaly: Anomaly,
  }),
  /** A machine asked what to boot, and was answered. */
  z.object({
    kind: z.literal('boot-answered'),
    ...machine,
    serverId: z.string(),
    choice: z.enum(['image', 'disk', 'hold']),
    reason: z.string().max(500),
    architecture: z.string().optional(),
  }),
  /**
   * What the validation image measured. Without `serial` its boards have none, and the port that it was booted from
   * identifies the server.
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
  /** Samples of controllers. */
  z.object({ kind: z.literal('bmc-readings'), ...seen, readings: z.array(BmcReading).min(1).max(500) }),
]);
export type EdgeReport = z.infer<typeof EdgeReport>;

/** What an agent sends: observations, and the outcomes of commands. `at` grows with each event of an agent. */
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
 * The asset of an event: a machine is known by its MAC until its serial number is known. Events of one asset stay in
 * order.
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

/** A server of a datacenter, as its agent needs to know it. */
export const ExpectedServer = z.object({
  id: z.string(),
  datacenter: DatacenterId,
  state: z.string(),
  serial: z.string().nullable(),
  bmcMac: z.string().nullable(),
  macs: z.array(z.string()),
  version: z.number(),
  /** The address of its management controller and the secret that opens it; null while the address is unknown. */
  bmcAddress: z.string().nullable().default(null),
  bmcSecretRef: SecretRef.nullable().default(null),
  /** The jobs of its validation image, in order. A job that is no longer listed is cancelled. */
  jobs: z.array(RequestedJob).default([]),
});
export type ExpectedServer = z.infer<typeof ExpectedServer>;
export const ExpectedServers = z.object({ servers: z.array(ExpectedServer) });
export type ExpectedServers = z.infer<typeof ExpectedServers>;

/** Credentials by reference; null where there are none. */
export const EdgeSecrets = z.object({
  secrets: z.array(
    z.object({ ref: SecretRef, credentials: z.object({ username: z.string(), password: z.string() }).nullable() }),
  ),
});
export type EdgeSecrets = z.infer<typeof EdgeSecrets>;
