import { z } from 'zod';
import type { ConfiguredSystem, OutsideSystem } from '../adapters/outside-system.ts';
import { systems } from '../adapters/systems.ts';
import { complaintsOf } from '../kernel/errors/parse.ts';
import { whole, text, address, seconds, onOff, BadSettings } from '../kernel/setting-values.ts';

/**
 * The platform's own settings, with their meaning. Those of outside systems are declared by their adapters. Nothing
 * else reads the environment.
 */
export const PlatformSettings = z.object({
  /** Where the platform listens. */
  PORT: whole(1, 65535).default(7071),
  HOST: text.default('127.0.0.1'),
  /** How the outside reaches it, for links; by default what it listens on. */
  PUBLIC_URL: address.optional(),
  /** Where everything that must survive is kept on one machine. */
  DATA_DIR: text.default('.data'),
  /** A PostgreSQL of yours, 15 or newer; by default the embedded one. */
  DATABASE_URL: z.url({ protocol: /^postgres(ql)?$/, error: 'must be a postgres:// address' }).optional(),
  DATABASE_CONNECTIONS: whole(2, 200).default(12),
  /** How long to wait for a connection to the database, or for a free one. */
  DATABASE_CONNECT_SECONDS: seconds.default(2),
  /**
   * How long one statement of the app may take. The database is then taken to be away, and requests are answered so.
   */
  DATABASE_ANSWER_SECONDS: seconds.default(10),
  /** Further processes of the platform on this machine, beside the first. */
  REPLICAS: whole(1, 8).default(1),
  LOG_LEVEL: z.enum(['trace', 'debug', 'info', 'warn', 'error', 'silent']).default('info'),

  /** The simulated company: on by default while an outside system that the platform needs is not configured. */
  LAB: onOff.optional(),
  LAB_PORT: whole(1, 65535).default(7080),
  /** Whether the company's robots approve, receive, rack and cable by themselves, through the API. */
  LAB_AUTOPILOT: onOff.default('on'),
  /** Simulated hardware and post are this many times quicker than real ones. */
  LAB_SPEED: z.coerce
    .number({ error: 'must be a number' })
    .positive('must be above 0')
    .max(100_000, 'must be at most 100000')
    .default(120),

  /** Purchases up to this need no person, in minor units of the quote's currency. */
  APPROVAL_LIMIT_MINOR: whole(0, 1_000_000_000_000).default(500_000),
  /**
   * Who speaks to management controllers: the agent of their datacenter, or the platform itself where there is one site
   * and it stands in it.
   */
  BMC_ACCESS: z.enum(['agent', 'direct'], { error: "must be 'agent' or 'direct'" }).default('agent'),
  /** Where management networks fetch firmware images. */
  FIRMWARE_URL: address.optional(),

  /** How often edge agents ask for their configuration and their list of servers. */
  EDGE_PULL_SECONDS: whole(1, 86_400).default(60),
});
export type PlatformSettings = z.infer<typeof PlatformSettings>;

export interface Settings extends PlatformSettings {
  /** How the outside systems that are configured are reached, by their name. */
  systems: ReadonlyMap<string, ConfiguredSystem>;
}

/** The names of all settings, in the order of the example file. */
export const settingNames: readonly string[] = [
  ...Object.keys(PlatformSettings.shape),
  ...systems.flatMap(({ described }) => described.map(({ name }) => name)),
];

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Reads the settings. Throws one BadSettings that names every bad one, and what is missing of a system that is half
 * configured: it would fail at the first call, perhaps in a week. Empty values count as absent.
 */
export function readSettings(environment: Environment = process.env): Settings {
  const given = Object.fromEntries(
    Object.keys(PlatformSettings.shape).flatMap((key) => (environment[key]?.trim() ? [[key, environment[key]]] : [])),
  );
  const result = PlatformSettings.safeParse(given);
  const read = systems.map(({ name, configure }) => ({ name, ...configure(environment) }));
  const complaints = [
    ...(result.success ? [] : complaintsOf(result.error).map(({ where, what }) => `${where}: ${what}`)),
    ...read.flatMap((each) => each.complaints),
  ];
  if (complaints.length > 0 || !result.success)
    throw new BadSettings(`These settings are not right:\n${complaints.map((each) => `  ${each}`).join('\n')}`);
  return {
    ...result.data,
    systems: new Map(read.flatMap(({ name, system }) => (system ? [[name, system] as const] : []))),
  };
}

/** The systems that are not configured, which the lab can stand in for. */
export const unconfiguredSystems = (settings: Settings): OutsideSystem[] =>
  systems.filter(({ name }) => !settings.systems.has(name));

/** The settings without which the platform cannot work and that are not there. */
export const missingForPlatform = (settings: Settings): string[] => [
  ...unconfiguredSystems(settings).flatMap(({ isOptional, needed }) => (isOptional ? [] : needed)),
  ...(settings.DATABASE_URL === undefined ? ['DATABASE_URL'] : []),
];

export const publicUrl = (settings: PlatformSettings): string =>
  settings.PUBLIC_URL ?? `http://${settings.HOST === '0.0.0.0' ? '127.0.0.1' : settings.HOST}:${settings.PORT}`;
