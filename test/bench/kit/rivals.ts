// What we are measured beside is no part of the product: it is installed when a benchmark first needs it.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';

const folder = path.resolve(import.meta.dirname, '../rivals');

export const rival = (script: string): string => path.join(folder, script);

/** A folder for a rival's own files; git does not see it. */
export function rivalData(name: string): string {
  const data = path.join(folder, '.run', `${name}-${process.pid}`);
  mkdirSync(data, { recursive: true });
  return data;
}

/** Answers why they cannot be had, or undefined when they are there. */
export function installRivals(): string | undefined {
  const stampFile = path.join(folder, 'node_modules', '.stamp');
  const stamp = createHash('sha256')
    .update(readFileSync(path.join(folder, 'package-lock.json')))
    .digest('hex');
  if (existsSync(stampFile) && readFileSync(stampFile, 'utf8') === stamp) return undefined;
  console.log('Installing what we are measured beside (once; 250 MB in test/bench/rivals/node_modules) …');
  const cli = process.env['npm_execpath'];
  const [file, prefix] = cli?.endsWith('.js') ? [process.execPath, [cli]] : ['npm', []];
  const { status, stderr, error } = spawnSync(
    file,
    [...prefix, 'ci', '--ignore-scripts', '--loglevel=error', '--no-audit', '--no-fund'],
    { cwd: folder, encoding: 'utf8', shell: file === 'npm' && process.platform === 'win32' },
  );
  if (status !== 0) return `'npm ci' in test/bench/rivals failed: ${(error?.message ?? stderr).trim().split('\n')[0]}`;
  writeFileSync(stampFile, stamp);
  return undefined;
}
