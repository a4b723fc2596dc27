import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';

export type Resource = { readonly [name: string]: unknown };

/** The resources of one BMC by path. Paths are compared without case and trailing slash, as BMCs do. */
export interface Tree {
  /** Whoever asks must not change it. */
  get(path: string): Resource | undefined;
}

export const normal = (resourcePath: string): string => resourcePath.toLowerCase().replace(/(.)\/+$/, '$1');

/**
 * A BMC's answers as somebody recorded them: a folder of `<path>/index.json`, its top being either the host
 * or `/redfish/v1`; or of files whose resources name their own path. Read in place, when asked for.
 */
export function recordedTree(folder: string): Tree {
  const files = new Map<string, string>();
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((each) => each.isFile() && each.name.endsWith('.json'))
    .map((each) => path.relative(folder, path.join(each.parentPath, each.name)));
  const startsAtService = entries.includes('index.json');
  for (const entry of entries) {
    const file = path.join(folder, entry);
    const folderPath = path.dirname(entry).split(path.sep).join('/');
    const served =
      path.basename(entry) === 'index.json'
        ? `${startsAtService ? '/redfish/v1' : ''}/${folderPath === '.' ? '' : folderPath}`
        : ownPath(file);
    if (served !== undefined) files.set(normal(served), file);
  }
  const read = new Map<string, Resource>();
  return {
    get: (resourcePath) => {
      const file = files.get(normal(resourcePath));
      if (file === undefined) return undefined;
      const known = read.get(file) ?? (JSON.parse(readFileSync(file, 'utf8')) as Resource);
      read.set(file, known);
      return known;
    },
  };
}

function ownPath(file: string): string | undefined {
  const id = (JSON.parse(readFileSync(file, 'utf8')) as Resource)['@odata.id'];
  return typeof id === 'string' && id.startsWith('/redfish') ? id : undefined;
}

/** Where a tree keeps what has a state: found by its own links, as a client would. */
export interface Places {
  system: string;
  manager: string | undefined;
  chassis: string | undefined;
  settings: string | undefined;
  sessions: string;
  accounts: string | undefined;
  updateService: string | undefined;
  tasks: string;
  subscriptions: string | undefined;
  /** Where events are streamed. */
  stream: string | undefined;
}

export function placesIn(tree: Tree): Places {
  const root = tree.get('/redfish/v1') ?? {};
  const first = (collection: string | undefined) =>
    collection ? linkOf((tree.get(collection)?.['Members'] as unknown[] | undefined)?.[0]) : undefined;
  const system = first(linkOf(root['Systems'])) ?? '/redfish/v1/Systems/1';
  const accountService = linkOf(root['AccountService']);
  const events = tree.get(linkOf(root['EventService']) ?? '');
  const stream = events?.['ServiceEnabled'] === false ? undefined : events?.['ServerSentEventUri'];
  return {
    system,
    manager: first(linkOf(root['Managers'])),
    chassis: first(linkOf(root['Chassis'])),
    settings: linkOf(member(tree.get(system)?.['@Redfish.Settings'], 'SettingsObject')),
    sessions: linkOf(member(root['Links'], 'Sessions')) ?? '/redfish/v1/SessionService/Sessions',
    accounts: accountService ? linkOf(tree.get(accountService)?.['Accounts']) : undefined,
    updateService: linkOf(root['UpdateService']),
    tasks: '/redfish/v1/TaskService/Tasks',
    subscriptions: linkOf(events?.['Subscriptions']),
    stream: typeof stream === 'string' ? stream : undefined,
  };
}

export const member = (value: unknown, name: string): unknown =>
  typeof value === 'object' && value !== null ? (value as Resource)[name] : undefined;
export function linkOf(value: unknown): string | undefined {
  const id = member(value, '@odata.id');
  return typeof id === 'string' ? id : undefined;
}
