import { setTimeout as delay } from 'node:timers/promises';
import { z } from 'zod';
import type { Http } from '../../kernel/http-client/client.ts';
import { CallFailed, isFailure } from '../../kernel/http-client/failure.ts';
import { Collection, ComputerSystem, Link, Manager, ServiceRoot } from './contract.ts';
import { refusal } from './errors.ts';
import { quirksOf, vendorOf, type Platform, type Quirks } from './quirks.ts';

/** Where things are on one BMC, and what is peculiar about it: found by following links from the root. */
export interface Places {
  root: z.infer<typeof ServiceRoot>;
  system: string;
  manager: string | undefined;
  chassis: string | undefined;
  platform: Platform;
  quirks: Quirks;
}

export interface Reply {
  status: number;
  /** The Location header: where a task can be watched. */
  location: string | undefined;
  body: unknown;
}

/** Talking Redfish with one BMC within its session. Paths are links as the BMC gave them. */
export interface Service {
  /** The session, as a thing that what was found out in it can be kept by. */
  readonly session: object;
  places(): Promise<Places>;
  get<S extends z.ZodType>(path: string, schema: S): Promise<z.infer<S>>;
  /** Undefined where the BMC gives no such link, or has nothing behind it. */
  find<S extends z.ZodType>(link: Link | string | undefined, schema: S): Promise<z.infer<S> | undefined>;
  /**
   * A collection's members, all pages; undefined where there is no such collection. Members that are gone are left out.
   */
  members<S extends z.ZodType>(link: Link | undefined, schema: S): Promise<z.infer<S>[] | undefined>;
  /** Only where they are. */
  links(link: Link | undefined): Promise<Link[] | undefined>;
  patch(path: string, body: object): Promise<void>;
  post(path: string, body: object): Promise<Reply>;
  /** Removing what is not there is success. */
  remove(path: string): Promise<void>;
  pause(seconds: number): Promise<void>;
}

/** Statuses that carry a reason worth reading; the rest are the HTTP client's to judge and to retry. */
const refused = {
  400: z.unknown(),
  403: z.unknown(),
  404: z.unknown(),
  405: z.unknown(),
  409: z.unknown(),
  410: z.unknown(),
  412: z.unknown(),
  415: z.unknown(),
  422: z.unknown(),
  423: z.unknown(),
  428: z.unknown(),
  501: z.unknown(),
};
const accepted = { 200: z.unknown(), 201: z.unknown(), 202: z.unknown(), 204: z.unknown(), ...refused };

/**
 * Real collections have a few pages and some hundred members. A BMC whose lists never end must not fill our memory, nor
 * we its day.
 */
const mostPages = 200;
const mostMembers = 5000;

/** Found out once in a session, however often it is asked for; what failed is asked again. */
export function oncePerSession<T>(find: (service: Service) => Promise<T>): (service: Service) => Promise<T> {
  const found = new WeakMap<object, Promise<T>>();
  return (service) => {
    const ask = () => {
      const asked = find(service);
      found.set(service.session, asked);
      asked.catch(() => found.get(service.session) === asked && found.delete(service.session));
      return asked;
    };
    // Somebody else's asking may have been called off: that is no answer for us.
    return found.get(service.session)?.catch(ask) ?? ask();
  };
}

const placesOf = oncePerSession(discover);
/** Whether paths have to end in a slash, once that is known. */
const slashes = new WeakMap<object, boolean>();

export function serviceOver(
  http: Http,
  { session = http, pause = (seconds) => delay(seconds * 1000) }: { session?: object; pause?: Service['pause'] } = {},
): Service {
  async function read<S extends z.ZodType>(
    path: string,
    schema: S,
  ): Promise<{ body: z.infer<S>; etag: string | undefined }> {
    const answer = await http.send({ method: 'GET', path: asWanted(path), answers: { ...refused, 200: schema } });
    if (answer.status !== 200) throw refusal({ method: 'GET', path }, answer);
    return { body: answer.body, etag: answer.headers['etag'] };
  }
  /** Links come without the slash that some BMCs want at their end. */
  const asWanted = (path: string) => (slashes.get(session) ? path.replace(/\/?(\?|$)/, '/$1') : path);
  const get = async <S extends z.ZodType>(path: string, schema: S) => (await read(path, schema)).body;

  async function find<S extends z.ZodType>(
    link: Link | string | undefined,
    schema: S,
  ): Promise<z.infer<S> | undefined> {
    if (link === undefined) return undefined;
    try {
      return await get(typeof link === 'string' ? link : link['@odata.id'], schema);
    } catch (error) {
      if (isFailure(error, 'notFound')) return undefined;
      throw error;
    }
  }

  async function members<S extends z.ZodType>(link: Link | undefined, schema: S): Promise<z.infer<S>[] | undefined> {
    if (link === undefined) return undefined;
    const listed = await listMembers(link['@odata.id']);
    const all = await Promise.all((listed ?? []).map((member) => memberOf(member, schema)));
    return listed && all.filter((each) => each !== undefined);
  }

  async function links(link: Link | undefined): Promise<Link[] | undefined> {
    const listed = link && (await pages(link['@odata.id']));
    return listed?.flatMap((each) => Link.safeParse(each).data ?? []);
  }

  /** In full with the collection where the BMC offers that. What it advertises and what it does are two things. */
  async function listMembers(path: string): Promise<unknown[] | undefined> {
    const { root, quirks } = await placesOf(service);
    if (!root.ProtocolFeaturesSupported?.ExpandQuery?.NoLinks || quirks.expandDropsFields) return pages(path);
    try {
      return await pages(`${path}?$expand=.($levels=1)`);
    } catch (error) {
      if (isFailure(error, 'invalid', 'unexpectedAnswer')) return pages(path);
      throw error;
    }
  }

  async function pages(path: string): Promise<unknown[] | undefined> {
    let all: unknown[] = [];
    const seen = new Set<string>();
    for (let next: string | undefined = path; next && !seen.has(next);) {
      if (seen.size === mostPages)
        throw new CallFailed({
          system: 'redfish',
          method: 'GET',
          path,
          failure: 'unexpectedAnswer',
          detail: `its list goes on for more than ${mostPages} pages`,
        });
      seen.add(next);
      const page: z.infer<typeof Collection> | undefined = await find(next, Collection);
      if (page === undefined) return undefined;
      all = all.concat(page.Members ?? []);
      if (all.length > mostMembers)
        throw new CallFailed({
          system: 'redfish',
          method: 'GET',
          path,
          failure: 'unexpectedAnswer',
          detail: `its list has more than ${mostMembers} members`,
        });
      next = page['Members@odata.nextLink'];
    }
    return all;
  }

  /** An expanded member is the resource itself; else it is a link to it. */
  async function memberOf<S extends z.ZodType>(member: unknown, schema: S): Promise<z.infer<S> | undefined> {
    const isExpanded = typeof member === 'object' && member !== null && Object.keys(member).length > 1;
    const expanded = isExpanded ? schema.safeParse(member) : undefined;
    return expanded?.success ? expanded.data : find(Link.safeParse(member).data, schema);
  }

  async function send(
    method: 'POST' | 'PATCH' | 'DELETE',
    path: string,
    body?: object,
    headers: Record<string, string> = {},
  ): Promise<Reply> {
    const answer = await http.send({
      method,
      path: method === 'POST' ? path : asWanted(path),
      body,
      headers,
      answers: accepted,
      isOnNewConnection: true,
    });
    if (answer.status >= 400) throw refusal({ method, path }, answer);
    return { status: answer.status, location: answer.headers['location'] || undefined, body: answer.body };
  }

  /**
   * If-Match as given, then made strong, then without quotes, then left out: BMCs disagree on which of them is right.
   */
  async function patch(path: string, body: object): Promise<void> {
    const { body: present, etag } = await read(path, z.object({ '@odata.etag': z.string().nullish() }));
    const given = etag || present['@odata.etag'] || undefined;
    const strong = given?.replace(/^W\//, '');
    const candidates = [...new Set([given, strong, strong?.replaceAll('"', ''), undefined])];
    for (const [index, match] of candidates.entries()) {
      try {
        await send('PATCH', path, body, match === undefined ? {} : { 'if-match': match });
        return;
      } catch (error) {
        const isAboutMatch = error instanceof CallFailed && error.status === 412;
        if (!isAboutMatch || index === candidates.length - 1) throw error;
      }
    }
  }

  const service: Service = {
    session,
    get,
    find,
    members,
    links,
    patch,
    pause,
    places: () => placesOf(service),
    // Some actions want an empty object for a body, none objects to one.
    post: (path, body) => send('POST', path, body),
    remove: async (path) => {
      await send('DELETE', path).catch((error: unknown) => {
        if (!isFailure(error, 'notFound')) throw error;
      });
    },
  };
  return service;
}

async function discover(service: Service): Promise<Places> {
  const { get, find } = service;
  const root = await get('/redfish/v1/', ServiceRoot);
  const first = async (collection: Link | undefined) =>
    Link.safeParse((await find(collection, Collection))?.Members?.[0]).data?.['@odata.id'];
  const systemPath = (await first(root.Systems)) ?? (await firstBehindSlash(service, root.Systems));
  // After a restart some answer a bare root for a while.
  if (systemPath === undefined)
    throw new CallFailed({
      system: 'redfish',
      method: 'GET',
      path: '/redfish/v1/',
      status: 200,
      failure: 'transient',
      detail: 'it lists no system yet',
      retryAfterSeconds: 10,
    });
  const system = await get(systemPath, ComputerSystem);
  const managerPath = system.Links?.ManagedBy[0]?.['@odata.id'] ?? (await first(root.Managers));
  const chassisPath = system.Links?.Chassis[0]?.['@odata.id'] ?? (await first(root.Chassis));
  const manager = await find(managerPath, Manager);
  const platform: Platform = {
    vendor: vendorOf(root.Vendor, ...Object.keys(root.Oem ?? {}), manager?.Model, system.Manufacturer),
    manager: manager?.Model ?? '',
    model: system.Model ?? '',
    firmware: /\d+(\.\d+)+/.exec(manager?.FirmwareVersion ?? '')?.[0] ?? '',
  };
  return { root, system: systemPath, manager: managerPath, chassis: chassisPath, platform, quirks: quirksOf(platform) };
}

/**
 * What every BMC has is not found: it may want a slash at the end of paths. If it does, from now on in this session.
 */
async function firstBehindSlash({ session, find }: Service, systems: Link | undefined): Promise<string | undefined> {
  if (!systems || slashes.get(session)) return undefined;
  slashes.set(session, true);
  const listed = await find(systems, Collection);
  if (!listed) slashes.delete(session);
  return Link.safeParse(listed?.Members?.[0]).data?.['@odata.id'];
}
