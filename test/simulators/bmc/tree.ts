import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';

export type Resource = { [name: string]: unknown };

/** The resources of one BMC by path. Paths are compared without case and trailing slash, as BMCs do. */
export interface Tree {
  /** A copy: whoever asks may change it. */
  get(path: string): Resource | undefined;
}

export const normal = (resourcePath: string): string => resourcePath.toLowerCase().replace(/(.)\/+$/, '$1');

export function treeOf(resources: readonly Resource[]): Tree {
  const byPath = new Map(resources.map((each) => [normal(String(each['@odata.id'])), JSON.stringify(each)]));
  return {
    get: (resourcePath) => {
      const text = byPath.get(normal(resourcePath));
      return text === undefined ? undefined : (JSON.parse(text) as Resource);
    },
  };
}

/**
 * A BMC's answers as somebody recorded them: a folder of `<path>/index.json`, its top being either the host
 * or `/redfish/v1`; or of files whose resources name their own path. Read in place, when asked for.
 */
export function recordedTree(folder: string): Tree {
  const files = new Map<string, string>();
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((each) => each.isFile() && each.name.endsWith('.json')).map((each) => path.relative(folder, path.join(each.parentPath, each.name)));
  const startsAtService = entries.includes('index.json');
  for (const entry of entries) {
    const file = path.join(folder, entry);
    const folderPath = path.dirname(entry).split(path.sep).join('/');
    const served = path.basename(entry) === 'index.json' ? `${startsAtService ? '/redfish/v1' : ''}/${folderPath === '.' ? '' : folderPath}` : ownPath(file);
    if (served !== undefined) files.set(normal(served), file);
  }
  const texts = new Map<string, string>();
  return {
    get: (resourcePath) => {
      const file = files.get(normal(resourcePath));
      if (file === undefined) return undefined;
      const text = texts.get(file) ?? readFileSync(file, 'utf8');
      texts.set(file, text);
      return JSON.parse(text) as Resource;
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
}

export function placesIn(tree: Tree): Places {
  const root = tree.get('/redfish/v1') ?? {};
  const first = (collection: string | undefined) => (collection ? linkOf((tree.get(collection)?.['Members'] as unknown[] | undefined)?.[0]) : undefined);
  const system = first(linkOf(root['Systems'])) ?? '/redfish/v1/Systems/1';
  const accountService = linkOf(root['AccountService']);
  return {
    system,
    manager: first(linkOf(root['Managers'])),
    chassis: first(linkOf(root['Chassis'])),
    settings: linkOf(member(tree.get(system)?.['@Redfish.Settings'], 'SettingsObject')),
    sessions: linkOf(member(root['Links'], 'Sessions')) ?? '/redfish/v1/SessionService/Sessions',
    accounts: accountService ? linkOf(tree.get(accountService)?.['Accounts']) : undefined,
    updateService: linkOf(root['UpdateService']),
    tasks: '/redfish/v1/TaskService/Tasks',
  };
}

export const member = (value: unknown, name: string): unknown => (typeof value === 'object' && value !== null ? (value as Resource)[name] : undefined);
export function linkOf(value: unknown): string | undefined {
  const id = member(value, '@odata.id');
  return typeof id === 'string' ? id : undefined;
}
