import { z } from 'zod';
import { BadSettings } from '../shared/config.ts';
import { complaintsOf } from '../shared/errors/parse.ts';
import { DatacenterId } from '../shared/ids.ts';
import { Secret } from '../shared/secret.ts';

const address = z.url({ protocol: /^https$/, error: 'must be an https address: over anything else the platform does not know who calls' }).transform((url) => url.replace(/\/$/, ''));
const list = <S extends z.ZodType<unknown, string>>(each: S) => z.string({ error: 'is needed' }).transform((text) => text.split(',').map((part) => part.trim())).pipe(z.array(each));

const Listen = z.string().transform((text, context) => {
  const [, host, port] = /^(?:\[([\da-f:]+)\]|([\w.-]+)):(\d{1,5})$/i.exec(text)?.filter((part) => part !== undefined) ?? [];
  if (host !== undefined && Number(port) <= 65_535) return { host, port: Number(port) };
  context.addIssue({ code: 'custom', message: 'must be host:port, such as 10.20.0.2:7090' });
  return z.NEVER;
});

/** Every setting of the agent. One process may serve several datacenters: the lists then have an entry for each, divided by commas. */
export const EdgeSettings = z.object({
  EDGE_DATACENTER: list(DatacenterId),
  /** What lets it in the first time, or again after it was shut out; used once, ignored while its certificate is good. */
  EDGE_ENROLMENT_CODE: list(z.string().transform((text) => (text === '' ? undefined : new Secret(text)))).optional(),
  /** Where DHCP hooks, the validation image and monitoring reach it: loopback or the management network, never an outside address. */
  EDGE_LISTEN: list(Listen).prefault('127.0.0.1:7090'),
  EDGE_PLATFORM_URL: address,
  /** A PEM file of authorities to trust beside those that Node brings. */
  EDGE_PLATFORM_CA: z.string().min(1).optional(),
  /** A PEM file: the public key of who signs releases. Without it the agent never renews itself. */
  EDGE_RELEASE_KEY: z.string().min(1).optional(),
  EDGE_DATA_DIR: z.string().min(1).default('/var/lib/rackline-edge'),
  /** How much the journal of each datacenter may hold. */
  EDGE_JOURNAL_MEGABYTES: z.coerce.number({ error: 'must be a number' }).min(1, 'must be at least 1').max(100_000, 'must be at most 100000').default(256),
  LOG_LEVEL: z.enum(['trace', 'debug', 'info', 'warn', 'error', 'silent']).default('info'),
});

export interface EdgeIdentity {
  datacenter: DatacenterId;
  code: Secret | undefined;
  address: { host: string; port: number };
}

export type EdgeSettings = Omit<z.infer<typeof EdgeSettings>, 'EDGE_DATACENTER' | 'EDGE_ENROLMENT_CODE' | 'EDGE_LISTEN'> & { agents: EdgeIdentity[] };

/** Reads the settings. Throws one BadSettings that names every bad one. Empty values count as absent. */
export function readEdgeSettings(environment: Readonly<Record<string, string | undefined>>): EdgeSettings {
  const given = Object.fromEntries(Object.keys(EdgeSettings.shape).flatMap((key) => (environment[key]?.trim() ? [[key, environment[key]]] : [])));
  const result = EdgeSettings.safeParse(given);
  if (!result.success) throw bad(complaintsOf(result.error).map(({ where, what }) => `${where}: ${what}`));
  const { EDGE_DATACENTER: datacenters, EDGE_ENROLMENT_CODE: codes, EDGE_LISTEN: addresses, ...rest } = result.data;
  const uneven = Object.entries({ ...(codes && { EDGE_ENROLMENT_CODE: codes }), EDGE_LISTEN: addresses }).filter(([, values]) => values.length !== datacenters.length);
  if (uneven.length > 0) throw bad(uneven.map(([key, values]) => `${key}: has ${values.length} entries for the ${datacenters.length} of EDGE_DATACENTER`));
  const agents = datacenters.flatMap((datacenter, index) => {
    const at = addresses[index];
    return at === undefined ? [] : [{ datacenter, code: codes?.[index], address: at }];
  });
  return { ...rest, agents };
}

const bad = (complaints: string[]) => new BadSettings(`These settings are not right:\n${complaints.map((each) => `  ${each}`).join('\n')}`);
