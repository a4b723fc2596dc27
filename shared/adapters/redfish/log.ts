import { createHash } from 'node:crypto';
import { z } from 'zod';
import { known } from '../../facts/said.ts';
import type { LogReading } from '../../facts/telemetry.ts';
import { isFailure } from '../../kernel/http-client/failure.ts';
import { Chassis, Collection, Link, LogEntry, LogService, Manager } from './contract.ts';
import { readSystem } from './facts.ts';
import { isAudit, toLogEntry } from './map-log.ts';
import type { Registries } from './registries.ts';
import { oncePerSession, type Service } from './service.ts';
import { readTicket, ticketOf } from './tasks.ts';

/** The last entry that was read: by its number and date, and by what it says, since in some logs numbers are places. */
const Cursor = z.object({
  log: z.string(),
  /** Null: the log was empty. */
  last: z.object({ id: z.string(), created: z.string(), digest: z.string() }).nullable(),
  isNewestFirst: z.boolean().optional(),
});
type Cursor = z.infer<typeof Cursor>;

/** Read at once, at most; on the first reading so many that tell something. */
const mostEntries = 200;
const firstEntries = 50;
const mostPages = 200;

/** Where a platform of no class keeps the log that tells of the machine. */
const usualLogs = ['EventLog', 'Log1', 'SEL', 'IML', 'SystemEventLog', 'Log'];

/** Which log, and where its entries are: of all that a BMC keeps the one that tells of the machine. */
const logOf = oncePerSession(async (service) => {
  const { quirks, manager, chassis } = await service.places();
  const homes = [
    (await readSystem(service)).LogServices,
    (await service.find(manager, Manager))?.LogServices,
    (await service.find(chassis, Chassis))?.LogServices,
  ];
  const logs = (await Promise.all(homes.map((home) => service.links(home))))
    .flatMap((each) => each ?? [])
    .map((each) => each['@odata.id']);
  const nameOf = (path: string) => path.replace(/\/$/, '').split('/').at(-1)?.toLowerCase();
  const wanted = (quirks.logs ?? usualLogs).flatMap(
    (name) => logs.find((path) => nameOf(path) === name.toLowerCase()) ?? [],
  );
  for (const path of [...wanted, ...logs]) {
    const entries = (await service.find(path, LogService))?.Entries?.['@odata.id'];
    if (entries !== undefined) return { name: nameOf(path) ?? path, entries };
  }
  return undefined;
});

/**
 * What has been logged since the cursor; without one, the newest. A log is followed by the place of the last entry
 * in it, not by time: a BMC's clock jumps. When that entry is gone, there is a gap, and it is said.
 */
export async function readLog(
  service: Service,
  given: { cursor?: string | undefined },
  registries: Registries,
): Promise<LogReading> {
  const log = await logOf(service);
  if (!log) return { entries: [] };
  const cursor = given.cursor === undefined ? undefined : readTicket(Cursor, given.cursor);
  const since = cursor?.log === log.name ? cursor : undefined;
  const { read, isNewestFirst, isCutShort } = await newest(service, log.entries, since);
  const { fresh, gap } = since ? newSince(since, read, isCutShort) : { fresh: read, gap: undefined };
  const [last] = read;
  const entries = fresh
    .filter((entry) => !isAudit(entry))
    .slice(0, since ? mostEntries : firstEntries)
    .toReversed();
  return known<LogReading>({
    entries: await Promise.all(
      entries.map(async (entry) => toLogEntry(entry, await registries.adviceOn(service, entry))),
    ),
    cursor: ticketOf({
      log: log.name,
      last: last ? markOf(last) : null,
      isNewestFirst: isNewestFirst ?? since?.isNewestFirst,
    } satisfies Cursor),
    gap,
  });
}

const markOf = (entry: LogEntry) => ({
  id: entry.Id ?? '',
  created: entry.Created ?? '',
  digest: createHash('sha256').update(`${entry.Message}\0${entry.MessageId}`).digest('base64url').slice(0, 16),
});

interface Newest {
  /** The newest first, down to the one that the cursor names, without it. */
  read: LogEntry[];
  isNewestFirst: boolean | undefined;
  /** There may be more that have not been read. */
  isCutShort: boolean;
}

async function newest(service: Service, path: string, since: Cursor | undefined): Promise<Newest> {
  const pages = await firstPage(service, path, since === undefined);
  const isNewestFirst = since?.isNewestFirst ?? (await isOrderedFromNewest(service, pages.members));
  const read: LogEntry[] = [];
  let kept = 0;
  for await (const member of fromNewest(service, pages, isNewestFirst ?? false)) {
    const entry = await entryOf(service, member);
    if (!entry) continue;
    const mark = markOf(entry);
    if (since?.last && mark.id === since.last.id && mark.created === since.last.created)
      return { read: [...read, entry], isNewestFirst, isCutShort: false };
    read.push(entry);
    kept += isAudit(entry) ? 0 : 1;
    if (read.length >= mostEntries || (!since && kept >= firstEntries))
      return { read, isNewestFirst, isCutShort: true };
  }
  return { read, isNewestFirst, isCutShort: false };
}

interface Page {
  members: unknown[];
  next: string | undefined;
}

async function pageAt(service: Service, path: string): Promise<Page> {
  const page = await service.get(path, Collection);
  return { members: page.Members ?? [], next: page['Members@odata.nextLink'] };
}

/** In full where many will be read, as links where few will be: a BMC takes long over its log. */
async function firstPage(service: Service, path: string, isWhole: boolean): Promise<Page> {
  const { root, quirks } = await service.places();
  if (!isWhole || !root.ProtocolFeaturesSupported?.ExpandQuery?.NoLinks || quirks.expandDropsFields)
    return pageAt(service, path);
  try {
    return await pageAt(service, `${path}?$expand=.($levels=1)`);
  } catch (error) {
    if (isFailure(error, 'invalid', 'unexpectedAnswer')) return pageAt(service, path);
    throw error;
  }
}

/** One page after the other where the newest stand first; else all of them, and then from the end. */
async function* fromNewest(service: Service, first: Page, isNewestFirst: boolean): AsyncGenerator<unknown> {
  const seen = new Set<string>();
  const older: unknown[][] = [];
  for (let page = first; ; page = await pageAt(service, page.next)) {
    if (isNewestFirst) yield* page.members;
    else older.push(page.members);
    if (page.next === undefined || seen.has(page.next) || seen.size >= mostPages) break;
    seen.add(page.next);
  }
  for (const members of older.toReversed()) yield* members.toReversed();
}

/** A member that is not in full is a link to it, and may be gone by now. */
async function entryOf(service: Service, member: unknown): Promise<LogEntry | undefined> {
  const isWhole = typeof member === 'object' && member !== null && Object.keys(member).length > 1;
  const whole = isWhole ? LogEntry.safeParse(member).data : undefined;
  return whole ?? service.find(Link.safeParse(member).data, LogEntry);
}

/** Told by the dates of the first and the last, or by their numbers; undefined where neither tells. */
async function isOrderedFromNewest(service: Service, members: readonly unknown[]): Promise<boolean | undefined> {
  if (members.length < 2) return undefined;
  const [first, last] = await Promise.all([entryOf(service, members[0]), entryOf(service, members.at(-1))]);
  const [earlier, later] = [Date.parse(first?.Created ?? ''), Date.parse(last?.Created ?? '')];
  if (earlier !== later && Number.isFinite(earlier) && Number.isFinite(later)) return earlier > later;
  return Number(first?.Id) === Number(last?.Id) || Number.isNaN(Number(first?.Id) - Number(last?.Id))
    ? undefined
    : Number(first?.Id) > Number(last?.Id);
}

function newSince(
  { last }: Cursor,
  read: readonly LogEntry[],
  isCutShort: boolean,
): { fresh: readonly LogEntry[]; gap?: LogReading['gap'] } {
  if (last === null) return isCutShort ? { fresh: read, gap: 'too-many' } : { fresh: read };
  const marks = read.map(markOf);
  const exact = marks.findIndex((mark) => mark.id === last.id && mark.created === last.created);
  // Where numbers are places, the entry has moved up when the oldest went.
  const at =
    exact >= 0 ? exact : marks.findIndex((mark) => mark.created === last.created && mark.digest === last.digest);
  if (at >= 0) return { fresh: read.slice(0, at) };
  if (isCutShort) return { fresh: read, gap: 'too-many' };
  // Written over from the oldest on, what is left has higher numbers.
  const isNumberedAnew = !(Number(marks.at(-1)?.id ?? 0) > Number(last.id));
  return { fresh: read, gap: isNumberedAnew ? 'cleared' : 'overwritten' };
}
