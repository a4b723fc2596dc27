import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';

const sources = ['portal/src', 'portal/public', 'portal/index.html', 'portal/vite.config.ts', 'shared/api', 'shared/lifecycle', 'package-lock.json'];
const stampFile = 'portal/dist/.built-from';

/** Builds the portal where its sources have changed since the last build. Answers whether it had to. */
export async function buildPortal(): Promise<boolean> {
  const stamp = fingerprint(sources);
  if (existsSync(stampFile) && readFileSync(stampFile, 'utf8') === stamp) return false;
  const { build } = await import('vite');
  await build({ configFile: 'portal/vite.config.ts', logLevel: 'warn' });
  writeFileSync(stampFile, stamp);
  return true;
}

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
