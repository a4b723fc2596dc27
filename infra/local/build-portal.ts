import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';

const sources = [
  'portal/src',
  'portal/public',
  'portal/index.html',
  'portal/vite.config.ts',
  'shared',
  'package-lock.json',
];
const stampFile = 'portal/dist/.built-from';

/** Builds the portal where its sources have changed since the last build. Answers whether it had to. */
export async function buildPortal(): Promise<boolean> {
  const stamp = portalFingerprint();
  if (existsSync(stampFile) && readFileSync(stampFile, 'utf8') === stamp) return false;
  await bundlePortal('portal/dist');
  writeFileSync(stampFile, stamp);
  return true;
}

/**
 * Builds into a folder, for production whatever mode the caller runs in. In a process of its own: what a build needs of
 * memory, the supervisor would hold for as long as it runs. Throws when it does not build.
 */
export async function bundlePortal(folder: string): Promise<void> {
  const vite = spawn(
    process.execPath,
    [
      'node_modules/vite/bin/vite.js',
      'build',
      '--config',
      'portal/vite.config.ts',
      '--outDir',
      path.resolve(folder),
      '--logLevel',
      'warn',
    ],
    { env: { ...process.env, NODE_ENV: 'production' }, stdio: ['ignore', 'ignore', 'pipe'] },
  );
  let complaints = '';
  vite.stderr.setEncoding('utf8').on('data', (text: string) => (complaints += text));
  const [code] = (await once(vite, 'close')) as [number | null];
  if (code !== 0) throw new Error(`The portal could not be built:\n${complaints.trim()}`);
}

/** Tells one state of the portal's sources from another. */
export const portalFingerprint = (): string => fingerprint(sources);

function fingerprint(targets: readonly string[]): string {
  const hash = createHash('sha256');
  const add = (target: string): void => {
    if (!existsSync(target)) return;
    if (statSync(target).isDirectory()) for (const name of readdirSync(target).sort()) add(path.join(target, name));
    else hash.update(target).update('\0').update(readFileSync(target)).update('\0');
  };
  targets.forEach(add);
  return hash.digest('hex');
}
