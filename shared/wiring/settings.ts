import { z } from 'zod';
import { complaintsOf } from '../kernel/errors/parse.ts';
import { whole, text, address, seconds, onOff, secret, BadSettings } from '../kernel/setting-values.ts';

/**
 * Every setting there is, with its meaning. local.settings.example.json mirrors the names; nothing else reads the
 * environment.
 */
export const Settings = z.object({
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

  /** The simulated company: on by default when no outside system is configured. */
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

  OIDC_ISSUER: address.optional(),
  OIDC_CLIENT_ID: text.default('rackline-portal'),
  OIDC_CLIENT_SECRET: secret.optional(),
  OIDC_AUDIENCE: text.default('rackline'),

  NETBOX_URL: address.optional(),
  NETBOX_TOKEN: secret.optional(),
  HPE_QUOTING_URL: address.optional(),
  HPE_QUOTING_CLIENT_ID: text.optional(),
  HPE_QUOTING_CLIENT_SECRET: secret.optional(),
  DELL_QUOTING_URL: address.optional(),
  DELL_QUOTING_CLIENT_ID: text.optional(),
  DELL_QUOTING_CLIENT_SECRET: secret.optional(),
  UPS_URL: address.optional(),
  UPS_CLIENT_ID: text.optional(),
  UPS_CLIENT_SECRET: secret.optional(),
  ONEVIEW_URL: address.optional(),
  ONEVIEW_USERNAME: text.optional(),
  ONEVIEW_PASSWORD: secret.optional(),
  OPENMANAGE_URL: address.optional(),
  OPENMANAGE_USERNAME: text.optional(),
  OPENMANAGE_PASSWORD: secret.optional(),
  AWX_URL: address.optional(),
  AWX_TOKEN: secret.optional(),
  JIRA_URL: address.optional(),
  JIRA_EMAIL: text.optional(),
  JIRA_API_TOKEN: secret.optional(),
  JIRA_PROJECT: text.default('RACK'),
  VAULT_ADDR: address.optional(),
  VAULT_TOKEN: secret.optional(),
  /** Where its PKI engine is, and under which role edge agents are certified. */
  VAULT_PKI_MOUNT: text.default('pki'),
  VAULT_PKI_ROLE: text.default('rackline-edge'),
  SMTP_URL: z.url({ protocol: /^smtps?$/, error: 'must be an smtp:// or smtps:// address' }).optional(),
  SMTP_FROM: text.default('rackline@rackline.example'),
});
export type Settings = z.infer<typeof Settings>;

/** The outside systems: the address that stands for each, and what must come with it. */
export const systems = {
  netbox: ['NETBOX_URL', 'NETBOX_TOKEN'],
  'hpe-quoting': ['HPE_QUOTING_URL', 'HPE_QUOTING_CLIENT_ID', 'HPE_QUOTING_CLIENT_SECRET'],
  'dell-quoting': ['DELL_QUOTING_URL', 'DELL_QUOTING_CLIENT_ID', 'DELL_QUOTING_CLIENT_SECRET'],
  ups: ['UPS_URL', 'UPS_CLIENT_ID', 'UPS_CLIENT_SECRET'],
  oneview: ['ONEVIEW_URL', 'ONEVIEW_USERNAME', 'ONEVIEW_PASSWORD'],
  openmanage: ['OPENMANAGE_URL', 'OPENMANAGE_USERNAME', 'OPENMANAGE_PASSWORD'],
  awx: ['AWX_URL', 'AWX_TOKEN'],
  jira: ['JIRA_URL', 'JIRA_EMAIL', 'JIRA_API_TOKEN'],
  vault: ['VAULT_ADDR', 'VAULT_TOKEN'],
  smtp: ['SMTP_URL'],
  oidc: ['OIDC_ISSUER', 'OIDC_CLIENT_SECRET'],
} as const satisfies Record<string, readonly (keyof Settings)[]>;

type Environment = Readonly<Record<string, string | undefined>>;

/** Reads the settings. Throws one BadSettings that names every bad one. Empty values count as absent. */
export function readSettings(environment: Environment = process.env): Settings {
  const given = Object.fromEntries(
    Object.keys(Settings.shape).flatMap((key) => (environment[key]?.trim() ? [[key, environment[key]]] : [])),
  );
  const result = Settings.safeParse(given);
  const complaints = [
    ...(result.success ? [] : complaintsOf(result.error).map(({ where, what }) => `${where}: ${what}`)),
    ...halfConfigured(given),
  ];
  if (complaints.length > 0 || !result.success)
    throw new BadSettings(`These settings are not right:\n${complaints.map((each) => `  ${each}`).join('\n')}`);
  return result.data;
}

/** A system with an address but without its credentials would fail at the first call, perhaps in a week. */
function halfConfigured(given: Record<string, unknown>): string[] {
  return Object.entries(systems).flatMap(([system, [urlKey, ...rest]]) =>
    given[urlKey] === undefined
      ? []
      : rest
          .filter((key) => given[key] === undefined)
          .map((key) => `${key}: is needed for ${system}, because ${urlKey} is set`),
  );
}

/**
 * What is set but missing for the platform itself, which needs every system (the lab provides those that are not
 * configured).
 */
export const missingForPlatform = (settings: Settings): string[] =>
  [...Object.values(systems).flat(), 'DATABASE_URL' as const].filter((key) => settings[key] === undefined);

export const unconfiguredSystems = (settings: Settings): (keyof typeof systems)[] =>
  (Object.keys(systems) as (keyof typeof systems)[]).filter((system) => settings[systems[system][0]] === undefined);

export const publicUrl = (settings: Settings): string =>
  settings.PUBLIC_URL ?? `http://${settings.HOST === '0.0.0.0' ? '127.0.0.1' : settings.HOST}:${settings.PORT}`;
