import { accessSync, constants } from 'node:fs';
import { describe } from '@jest/globals';

const daemonFolders = ['/usr/sbin', '/sbin', '/usr/bin', '/bin'];

/** A program a test needs, and the Debian package that has it. */
export type Needs = Readonly<Record<string, string>>;

/**
 * A group of tests in network namespaces of their own; skipped, with the reason and the remedy in its name, where a
 * program or the right to make namespaces is missing.
 */
export function describeInNetns(name: string, needs: Needs, tests: () => void): void {
  const missing = Object.entries({ ip: 'iproute2', ...needs }).filter(([file]) => !isThere(file));
  const packages = [...new Set(missing.map(([, debianPackage]) => debianPackage))].join(' ');
  const reason =
    process.getuid?.() !== 0
      ? 'needs root, to make network namespaces'
      : missing.length > 0
        ? `needs ${missing.map(([file]) => file).join(', ')}: apt-get install -y ${packages}`
        : undefined;
  if (reason === undefined) describe(name, tests);
  else describe.skip(`${name} (skipped: ${reason})`, tests);
}

const isThere = (file: string) =>
  (file.startsWith('/') ? [file] : daemonFolders.map((folder) => `${folder}/${file}`)).some((place) => {
    try {
      accessSync(place, constants.R_OK);
      return true;
    } catch {
      return false;
    }
  });
