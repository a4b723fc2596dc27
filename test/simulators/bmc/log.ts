import { empty, json, type SimAnswer, type SimRequest } from '../kit/simulator.ts';
import { tell } from './events.ts';
import type { Machine } from './machine.ts';
import type { LogShape, Profile } from './profiles/profile.ts';
import { link, resource, service } from './resource.ts';
import type { LogEntry } from './state.ts';
import { normal, type Resource } from './tree.ts';

/** Something happened: it is in the log, and whoever listens is told. */
export function note(
  machine: Machine,
  severity: LogEntry['severity'],
  message: string,
  more: Pick<LogEntry, 'code' | 'isAudit'> = {},
): void {
  const { record, context, profile } = machine;
  const entry: LogEntry = { id: (record.log.at(-1)?.id ?? 0) + 1, at: context.now(), severity, message, ...more };
  // The oldest make room: the log wraps.
  record.log = [...record.log, entry].slice(-(profile?.logKeeps ?? 200));
  if (!entry.isAudit) tell(machine, entry);
}

/** LogService.ClearLog: numbers begin anew, with the entry that says so. */
function clearLog(machine: Machine): SimAnswer {
  machine.record.log = [];
  note(machine, 'OK', 'The log was cleared.');
  return empty(204);
}

/** Where a built BMC keeps its logs. */
export const logPaths = (profile: Profile): { shape: LogShape; path: string }[] =>
  profile.logs.map((shape) => ({
    shape,
    path:
      `${service}/${shape.home === 'system' ? `Systems/${profile.ids.system}` : `Managers/${profile.ids.manager}`}` +
      `/LogServices/${shape.id}`,
  }));

/** The log services themselves; what is in them is served live. */
export function logServices(profile: Profile): Resource[] {
  const logs = logPaths(profile);
  const homes = Map.groupBy(logs, ({ path }) => path.slice(0, path.lastIndexOf('/')));
  return [
    ...[...homes].map(([home, within]) =>
      resource(home, 'LogServiceCollection.LogServiceCollection', {
        Members: within.map(({ path }) => link(path)),
        'Members@odata.count': within.length,
      }),
    ),
    ...logs.map(({ shape, path }) =>
      resource(path, 'LogService.v1_1_0.LogService', {
        Name: shape.id,
        OverWritePolicy: 'WrapsWhenFull',
        MaxNumberOfRecords: profile.logKeeps,
        ServiceEnabled: true,
        Entries: link(`${path}/Entries`),
        Actions: { '#LogService.ClearLog': { target: `${path}/Actions/LogService.ClearLog` } },
      }),
    ),
  ];
}

export function clearLogAt(machine: Machine, path: string): SimAnswer | undefined {
  const isOne =
    machine.profile &&
    logPaths(machine.profile).some((log) => normal(path) === normal(`${log.path}/Actions/LogService.ClearLog`));
  return isOne ? clearLog(machine) : undefined;
}

/** Entries: in full, or links to them, in pages and in the order this platform has. */
export function serveLogs(machine: Machine, request: SimRequest, path: string): SimAnswer | undefined {
  const log =
    machine.profile &&
    logPaths(machine.profile).find((each) => normal(path).startsWith(normal(`${each.path}/Entries`)));
  if (!log) return undefined;
  const { shape } = log;
  const base = `${log.path}/Entries`;
  const held = machine.record.log.filter((entry) =>
    shape.holds === 'all'
      ? true
      : shape.holds === 'audit'
        ? entry.isAudit
        : shape.holds === 'faults'
          ? entry.severity !== 'OK'
          : !entry.isAudit,
  );
  const entries = shape.isNewestFirst ? held.toReversed() : held;
  const idOf = (entry: LogEntry) =>
    machine.quirks.logIdsArePositions ? String(held.indexOf(entry) + 1) : String(entry.id);
  const whole = (entry: LogEntry) => entryResource(shape, `${base}/${idOf(entry)}`, entry);
  if (normal(path) !== normal(base)) {
    const one = entries.find((entry) => normal(`${base}/${idOf(entry)}`) === normal(path));
    return one && json(200, whole(one));
  }
  const from = Number(request.query.get('$skip') ?? 0);
  const page = entries.slice(from, from + (shape.pageSize ?? entries.length));
  const isWhole = shape.isInline || (request.query.has('$expand') && machine.profile?.root.expands);
  const expand = isWhole && !shape.isInline ? '$expand=.($levels=1)&' : '';
  const next =
    from + page.length < entries.length
      ? {
          'Members@odata.nextLink': `${base}?${expand}$skip=${from + page.length}`,
        }
      : {};
  return json(
    200,
    resource(base, 'LogEntryCollection.LogEntryCollection', {
      Members: page.map((entry) => (isWhole ? whole(entry) : link(`${base}/${idOf(entry)}`))),
      'Members@odata.count': entries.length,
      ...next,
    }),
  );
}

const entryResource = ({ entry: vendors }: LogShape, path: string, entry: LogEntry): Resource =>
  resource(path, 'LogEntry.v1_11_0.LogEntry', {
    EntryType: 'Event',
    Severity: entry.severity,
    Message: entry.message,
    Created: new Date(entry.at).toISOString(),
    ...vendors?.(entry),
  });
