import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';

const root = path.resolve(import.meta.dirname, '../../../shared/contracts');

/**
 * The texts of recorded files below `folder` that a machine has beside its checkout; none elsewhere. The largest are
 * left out: chance would hardly ever touch what is read of them.
 */
export function recorded(folder: string, atMostBytes = 60_000): string[] {
  const whole = path.join(root, folder);
  if (!existsSync(whole)) return [];
  return readdirSync(whole, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile() && entry.name !== 'README.md')
    .map((entry) => readFileSync(path.join(entry.parentPath, entry.name), 'utf8'))
    .filter((text) => text.length <= atMostBytes)
    .sort();
}
