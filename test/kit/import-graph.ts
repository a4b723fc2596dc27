import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';

/** Files of the repository that are there, tracked or not, but for what is ignored. */
export const repositoryFiles = (): string[] =>
  execFileSync('git', ['ls-files', '-co', '--exclude-standard'], { encoding: 'utf8' })
    .split('\n')
    .filter((file) => file !== '' && existsSync(file));

export interface Import {
  from: string;
  to: string;
}

const statements = /^(?:import|export)\b(?<type> type\b)?[^;]*?from '(?<target>[^']+)';/gm;

/** Every import of one file of ours by another, with paths from the root. `types: false` leaves those of types out. */
export function importsOf(files: readonly string[], { types = true } = {}): Import[] {
  const known = new Set(files);
  return files
    .filter((file) => /\.(ts|tsx|mjs)$/.test(file))
    .flatMap((from) =>
      [...readFileSync(from, 'utf8').matchAll(statements)]
        .filter(({ groups }) => groups?.['target']?.startsWith('.') && (types || !groups['type']))
        .map(({ groups }) => ({ from, to: path.posix.join(path.posix.dirname(from), groups!['target']!) })),
    )
    .filter(({ to }) => known.has(to));
}

/** The packages and Node modules that a file imports more than types of. */
export const packagesOf = (file: string): string[] =>
  [...readFileSync(file, 'utf8').matchAll(statements)]
    .filter(({ groups }) => !groups?.['target']?.startsWith('.') && !groups?.['type'])
    .map(({ groups }) => groups!['target']!);

export interface Arrow extends Import {
  /** The folders below `part`; `.` for files that lie in it directly. */
  room: string;
  into: string;
}

/** Imports that lead from one folder directly below `part` into another. */
export function arrowsWithin(part: string, imports: readonly Import[]): Arrow[] {
  const roomOf = (file: string) =>
    file.slice(part.length + 1).includes('/') ? file.slice(part.length + 1).split('/')[0]! : '.';
  return imports
    .filter(({ from, to }) => from.startsWith(`${part}/`) && to.startsWith(`${part}/`))
    .map((each) => ({ ...each, room: roomOf(each.from), into: roomOf(each.to) }))
    .filter(({ room, into }) => room !== into);
}

/** Folders that lead back to themselves, each circle once, as `a → b → a`. */
export function circlesAmong(arrows: readonly Pick<Arrow, 'room' | 'into'>[]): string[] {
  const next = Map.groupBy(arrows, ({ room }) => room);
  const found = new Set<string>();
  const walk = (trail: readonly string[]) => {
    for (const into of new Set(next.get(trail.at(-1)!)?.map((arrow) => arrow.into))) {
      const at = trail.indexOf(into);
      if (at < 0) walk([...trail, into]);
      else if (into === trail.slice(at).toSorted()[0]) found.add([...trail.slice(at), into].join(' → '));
    }
  };
  for (const room of next.keys()) walk([room]);
  return [...found].sort();
}
