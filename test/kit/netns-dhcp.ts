import { copyFile, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { Seen } from './netns-edge.ts';
import type { Daemon } from './netns.ts';

const shipped = (file: string) => path.resolve(import.meta.dirname, '../../infra/edge', file);

interface Dhcp4 {
  'lease-database': Record<string, unknown>;
  'hooks-libraries': { library: string; parameters?: { name: string; sync: boolean } }[];
  'client-classes'?: unknown[];
  subnet4: { pools: { pool: string }[]; subnet: string }[];
  [more: string]: unknown;
}

/** Kea takes comments in its JSON; ours stand on lines of their own. */
const keaJson = (text: string): unknown => JSON.parse(text.replaceAll(/^\s*\/\/.*$/gm, ''));

/**
 * The configuration we ship for Kea with its paths in `folder`, changed as a test needs it. Gives the file's name.
 * The hook leaves leases in `spool` there. Kea has to be started with the environment of `keaEnvironment`.
 */
export async function keaConfiguration(
  folder: string,
  change: (dhcp4: Dhcp4) => void = () => undefined,
): Promise<string> {
  const { Dhcp4 } = keaJson(
    (await readFile(shipped('kea/kea-dhcp4.conf'), 'utf8'))
      .replace(/"\/(run|var\/lib)\/kea\//g, `"${folder}/`)
      .replace('/var/log/kea/kea-dhcp4.log', 'stdout'),
  ) as { Dhcp4: Dhcp4 };
  for (const { parameters } of Dhcp4['hooks-libraries'])
    if (parameters) parameters.name = await installScript(folder, 'kea');
  change(Dhcp4);
  return written(folder, 'kea-dhcp4.conf', JSON.stringify({ Dhcp4 }));
}

export const keaEnvironment = (folder: string): Record<string, string> => ({
  KEA_PIDFILE_DIR: folder,
  KEA_LOCKFILE_DIR: folder,
});

export async function keaAgentConfiguration(folder: string): Promise<string> {
  return written(
    folder,
    'kea-ctrl-agent.conf',
    (await readFile(shipped('kea/kea-ctrl-agent.conf'), 'utf8'))
      .replaceAll('/run/kea/', `${folder}/`)
      .replace('/var/log/kea/kea-ctrl-agent.log', 'stdout'),
  );
}

/** The configuration we ship for ISC dhcpd, with the script in `folder`; it leaves leases in `spool` there. */
export async function dhcpdConfiguration(folder: string): Promise<string> {
  return written(
    folder,
    'dhcpd.conf',
    (await readFile(shipped('dhcpd/dhcpd.conf'), 'utf8')).replace(
      'execute("/etc/dhcp/rackline-lease.sh"',
      `execute("${await installScript(folder, 'dhcpd')}"`,
    ),
  );
}

/** The script we ship, as a user would install it. */
async function installScript(folder: string, server: 'kea' | 'dhcpd'): Promise<string> {
  const script = path.join(folder, 'rackline-lease.sh');
  await copyFile(shipped(`${server}/rackline-lease.sh`), script);
  await written(folder, 'rackline-lease.conf', `spool=${path.join(folder, 'spool')}\n`);
  return script;
}

async function written(folder: string, name: string, text: string): Promise<string> {
  const file = path.join(folder, name);
  await writeFile(file, text);
  return file;
}

/** What the program of netns-edge.ts has seen so far. */
export const seenBy = (edge: Daemon): Seen[] =>
  edge
    .output()
    .split('\n')
    .slice(0, -1)
    .filter((line) => line.startsWith('{'))
    .map((line) => JSON.parse(line) as Seen);
