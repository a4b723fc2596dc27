import { readFileSync, realpathSync } from 'node:fs';
import path from 'node:path';
import type { Entry } from './cpio.ts';
import { run } from './packages.ts';

const libraryFolder = 'usr/lib/x86_64-linux-gnu';
const loader = `${libraryFolder}/ld-linux-x86-64.so.2`;

/**
 * Runs a program of the unpacked tree with that tree's own libraries, whatever the building machine has.
 * @param as the name it is called by, for a program that is many things
 */
export const runInside = (root: string, program: string, as: string, args: readonly string[]): string =>
  run(path.join(root, loader), [
    '--argv0',
    as,
    '--library-path',
    path.join(root, libraryFolder),
    path.join(root, program),
    ...args,
  ]);

/** The programs and every shared library they need, as their own loader finds them. */
export function programsOf(root: string, programs: readonly string[]): Entry[] {
  const realRoot = realpathSync(root);
  const libraries = new Set<string>();
  for (const program of programs) {
    const listed = run(path.join(root, loader), [
      '--library-path',
      path.join(root, libraryFolder),
      '--list',
      path.join(root, program),
    ]);
    for (const [, name, file] of listed.matchAll(/^\s+(\S+) => (\S+)/gm)) {
      if (!file || file === 'not') throw new Error(`${program} needs ${name}, which no package brought`);
      // A line without an arrow is the loader or the kernel's own page.
      if (!realpathSync(file).startsWith(realRoot))
        throw new Error(`${program} would take ${name} from ${file}, outside the unpacked packages`);
      libraries.add(path.basename(name!));
    }
  }
  const libraryOf = (name: string): Entry => ({
    kind: 'file',
    path: `${libraryFolder}/${name}`,
    mode: 0o755,
    data: readFileSync(path.join(root, libraryFolder, name)),
  });
  return [
    // Where every program looks for the loader.
    { kind: 'file', path: 'lib64/ld-linux-x86-64.so.2', mode: 0o755, data: readFileSync(path.join(root, loader)) },
    ...[...libraries].filter((name) => name !== path.basename(loader)).map(libraryOf),
    ...programs.map((program): Entry => ({
      kind: 'file',
      path: program,
      mode: 0o755,
      data: readFileSync(path.join(root, program)),
    })),
  ];
}

/** BusyBox, and a link in /bin for each thing it can be. */
export function busyboxOf(root: string): Entry[] {
  const file = path.join(root, 'usr/bin/busybox');
  const names = run(file, ['--list']).split('\n').filter(Boolean);
  return [
    { kind: 'file', path: 'bin/busybox', mode: 0o755, data: readFileSync(file) },
    ...names
      .filter((name) => name !== 'busybox')
      .map((name): Entry => ({ kind: 'link', path: `bin/${name}`, target: 'busybox' })),
  ];
}
