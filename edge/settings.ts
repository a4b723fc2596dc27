import { z } from 'zod';
import { complaintsOf } from '../shared/kernel/errors/parse.ts';
import { DatacenterId } from '../shared/kernel/ids.ts';
import { Secret } from '../shared/kernel/secret.ts';
import { BadSettings } from '../shared/kernel/setting-values.ts';
import { isBmcUrlTemplate } from './dhcp/bmc-address.ts';
import type { LeaseSettings } from './dhcp/lease-sources.ts';

const withoutSlash = (url: string) => url.replace(/\/$/, '');
const address = z.url({ protocol: /^https?$/, error: 'must be an http or https address' }).transform(withoutSlash);
const secret = z.string().transform((text) => new Secret(text));
const number = (least: number, most: number) =>
  z.coerce
    .number({ error: 'must be a number' })
    .min(least, `must be at least ${least}`)
    .max(most, `must be at most ${most}`);
const list = <S extends z.ZodType<unknown, string>>(each: S) =>
  z
    .string({ error: 'is needed' })
    .transform((text) => text.split(',').map((part) => part.trim()))
    .pipe(z.array(each));
/** One entry per datacenter; an empty entry means none. */
const perDatacenter = <S extends z.ZodType<unknown, string>>(each: S) =>
  z
    .string()
    .transform((text) => entriesOf(text))
    .pipe(z.array(each.optional()))
    .optional();
const entriesOf = (text: string): (string | undefined)[] => text.split(',').map((part) => part.trim() || undefined);

const Listen = z.string().transform((text, context) => {
  const [, host, port] =
    /^(?:\[([\da-f:]+)\]|([\w.-]+)):(\d{1,5})$/i.exec(text)?.filter((part) => part !== undefined) ?? [];
  if (host !== undefined && Number(port) <= 65_535) return { host, port: Number(port) };
  context.addIssue({ code: 'custom', message: 'must be host:port, such as 10.20.0.2:7090' });
  return z.NEVER;
});
const ownAddress = z.ipv4({ error: 'must be an IPv4 address of this machine' });
const folder = z.string().regex(/^\//, 'must be a whole path, beginning with /');

/** Settings of each datacenter. A process that serves several has one entry for each, separated by commas. */
const OwnSettings = z.object({
  EDGE_DATACENTER: list(DatacenterId),
  /**
   * The enrolment code for the first start, or after the agent was revoked; used once, ignored while the certificate is
   * valid.
   */
  EDGE_ENROLMENT_CODE: perDatacenter(secret),
  /**
   * Where hooks of other DHCP servers and monitoring reach it: loopback or the management network, never a public
   * address.
   */
  EDGE_LISTEN: list(Listen).prefault('127.0.0.1:7090'),
  /** Where the hook of Kea or ISC dhcpd leaves leases. */
  EDGE_LEASE_SPOOL: perDatacenter(folder),
  /** Kea's control API: names switch ports, and the leases that were given while the agent was down. */
  EDGE_KEA_URL: perDatacenter(address),
  EDGE_KEA_USER: perDatacenter(z.string()),
  EDGE_KEA_PASSWORD: perDatacenter(secret),
  /** ISC dhcpd's leases file: the leases that were given while the agent was down. */
  EDGE_DHCPD_LEASES: perDatacenter(folder),
  /** The address at which our own proxyDHCP answers booting machines. */
  EDGE_PROXY_DHCP: perDatacenter(ownAddress),
  /**
   * An address that BMCs reach: those that stream no events post them there, and can reach nothing else. Without it
   * they are only polled.
   */
  EDGE_BMC_EVENTS_LISTEN: perDatacenter(
    Listen.refine(
      ({ host, port }) => port > 0 && !['0.0.0.0', '::'].includes(host),
      'must be one address and port: BMCs are told to go there',
    ),
  ),
  /** Where machines boot from. */
  EDGE_BOOT_LISTEN: perDatacenter(Listen),
  /** The address as machines reach it, where that is another one. */
  EDGE_BOOT_URL: perDatacenter(
    z
      .url({ protocol: /^http$/, error: 'must be an http address: iPXE trusts no certificates of ours' })
      .transform(withoutSlash),
  ),
  /** The address at which the agent runs in.tftpd itself; without it Debian's own service does. */
  EDGE_TFTP_LISTEN: perDatacenter(ownAddress),
});

const CommonSettings = z.object({
  EDGE_PLATFORM_URL: z
    .url({
      protocol: /^https$/,
      error: 'must be an https address: over anything else the platform does not know who calls',
    })
    .transform(withoutSlash),
  /** A PEM file of authorities to trust in addition to those of Node. */
  EDGE_PLATFORM_CA: z.string().min(1).optional(),
  /** A PEM file: the public key that releases are signed with. Without it the agent never updates itself. */
  EDGE_RELEASE_KEY: z.string().min(1).optional(),
  EDGE_DATA_DIR: z.string().min(1).default('/var/lib/rackline-edge'),
  /** The size limit of each datacenter's journal. */
  EDGE_JOURNAL_MEGABYTES: number(1, 100_000).default(256),
  /** The address of a BMC's Redfish service. */
  EDGE_BMC_URL: z
    .string()
    .refine(isBmcUrlTemplate, 'must be an address with {address} in it, such as https://{address}')
    .default('https://{address}'),
  /** The folder that infra/validation-image/build.ts made. */
  EDGE_BOOT_IMAGE: folder.optional(),
  EDGE_BOOT_ARCHITECTURES: list(z.enum(['bios-x86', 'uefi-x64'], { error: 'must be bios-x86 or uefi-x64' })).prefault(
    'bios-x86,uefi-x64',
  ),
  /** For the kernel's command line. */
  EDGE_BOOT_ARGUMENTS: z
    .string()
    .regex(/^[\x20-\x7e]*$/, 'must be one line of plain text')
    .default('console=tty0 console=ttyS0,115200 quiet'),
  /** How many machines may fetch the image at once. */
  EDGE_BOOT_SLOTS: number(1, 10_000).default(32),
  /** The folder of iPXE loaders for boot ROMs; filled at the start. */
  EDGE_TFTP_DIR: folder.optional(),
  LOG_LEVEL: z.enum(['trace', 'debug', 'info', 'warn', 'error', 'silent']).default('info'),
});

type OwnSettings = z.infer<typeof OwnSettings>;
type CommonSettings = z.infer<typeof CommonSettings>;
const own = Object.keys(OwnSettings.shape);
/** The names of all settings. */
export const edgeSettingNames: readonly string[] = [...own, ...Object.keys(CommonSettings.shape)];

/** Settings that need another one, and why. */
const needs: readonly [name: keyof OwnSettings, needed: keyof OwnSettings | keyof CommonSettings, why: string][] = [
  ['EDGE_KEA_URL', 'EDGE_LEASE_SPOOL', 'without the hook nothing is heard of leases given later'],
  ['EDGE_KEA_USER', 'EDGE_KEA_PASSWORD', 'they sign in together'],
  ['EDGE_KEA_PASSWORD', 'EDGE_KEA_USER', 'they sign in together'],
  ['EDGE_KEA_USER', 'EDGE_KEA_URL', 'there is nothing to sign in to'],
  ['EDGE_DHCPD_LEASES', 'EDGE_LEASE_SPOOL', 'without the hook nothing is heard of leases given later'],
  ['EDGE_PROXY_DHCP', 'EDGE_BOOT_LISTEN', 'it sends machines to the boot server'],
  ['EDGE_BOOT_URL', 'EDGE_BOOT_LISTEN', 'there is no boot server'],
  ['EDGE_BOOT_LISTEN', 'EDGE_BOOT_IMAGE', 'there is nothing to boot'],
  ['EDGE_TFTP_LISTEN', 'EDGE_TFTP_DIR', 'there is nothing to serve'],
];

export interface DatacenterSettings {
  datacenter: DatacenterId;
  code: Secret | undefined;
  address: { host: string; port: number };
  leases: LeaseSettings;
  boot: { listen: { host: string; port: number }; url: string | undefined } | undefined;
  tftpAddress: string | undefined;
  bmcEvents: { host: string; port: number } | undefined;
}

export type EdgeSettings = CommonSettings & { agents: DatacenterSettings[] };

/** Reads the settings; empty values count as absent. Throws one BadSettings that names every wrong one. */
export function readEdgeSettings(environment: Readonly<Record<string, string | undefined>>): EdgeSettings {
  const given = Object.fromEntries(
    edgeSettingNames.flatMap((key) => (environment[key]?.trim() ? [[key, environment[key]]] : [])),
  );
  const [ownRead, commonRead] = [OwnSettings.safeParse(given), CommonSettings.safeParse(given)];
  const complaints = [
    ...[ownRead, commonRead].flatMap((read) =>
      read.success ? [] : complaintsOf(read.error).map(({ where, what }) => `${where}: ${what}`),
    ),
    ...contradictions(given),
  ];
  if (!ownRead.success || !commonRead.success || complaints.length > 0)
    throw new BadSettings(`These settings are not right:\n${complaints.map((each) => `  ${each}`).join('\n')}`);
  return {
    ...commonRead.data,
    agents: ownRead.data.EDGE_DATACENTER.flatMap(
      (datacenter, index) => settingsOf(ownRead.data, datacenter, index) ?? [],
    ),
  };
}

/** Settings that are valid each by itself and contradict each other. */
function contradictions(given: Readonly<Record<string, string | undefined>>): string[] {
  const entries = (name: string): readonly (string | undefined)[] =>
    given[name] === undefined ? [] : entriesOf(given[name]);
  const datacenters = entries('EDGE_DATACENTER').length;
  // A required setting that is missing has a complaint already; EDGE_LISTEN has a default for one datacenter.
  const isUneven = (name: string) =>
    datacenters > 0 &&
    (given[name] !== undefined ? entries(name).length !== datacenters : name === 'EDGE_LISTEN' && datacenters > 1);
  const uneven = own
    .filter(isUneven)
    .map(
      (name) => `${name}: has ${Math.max(1, entries(name).length)} entries for the ${datacenters} of EDGE_DATACENTER`,
    );
  const isThere = (name: string, index: number) =>
    (own.includes(name) ? entries(name)[index] : given[name]) !== undefined;
  const alone = needs.flatMap(([name, needed, why]) =>
    entries(name).some((entry, index) => entry !== undefined && !isThere(needed, index))
      ? [`${needed}: is needed by ${name}: ${why}`]
      : [],
  );
  const everywhere = entries('EDGE_BOOT_LISTEN').some(
    (entry, index) => /^(0\.0\.0\.0|\[::\]):/.test(entry ?? '') && !isThere('EDGE_BOOT_URL', index),
  )
    ? ['EDGE_BOOT_URL: is needed where EDGE_BOOT_LISTEN names no one address: machines have to be told where to go']
    : [];
  return [...uneven, ...alone, ...everywhere];
}

function settingsOf(read: OwnSettings, datacenter: DatacenterId, index: number): DatacenterSettings | undefined {
  const address = read.EDGE_LISTEN[index];
  if (address === undefined) return undefined;
  const [keaUrl, user, password] = [
    read.EDGE_KEA_URL?.[index],
    read.EDGE_KEA_USER?.[index],
    read.EDGE_KEA_PASSWORD?.[index],
  ];
  const listen = read.EDGE_BOOT_LISTEN?.[index];
  return {
    datacenter,
    code: read.EDGE_ENROLMENT_CODE?.[index],
    address,
    leases: {
      spool: read.EDGE_LEASE_SPOOL?.[index],
      dhcpdLeases: read.EDGE_DHCPD_LEASES?.[index],
      proxy: read.EDGE_PROXY_DHCP?.[index],
      kea:
        keaUrl === undefined
          ? undefined
          : { url: keaUrl, credentials: user !== undefined && password !== undefined ? { user, password } : undefined },
    },
    boot: listen && { listen, url: read.EDGE_BOOT_URL?.[index] },
    tftpAddress: read.EDGE_TFTP_LISTEN?.[index],
    bmcEvents: read.EDGE_BMC_EVENTS_LISTEN?.[index],
  };
}
