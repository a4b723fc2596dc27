import { closeSync, fsyncSync, openSync, renameSync, writeFileSync } from 'node:fs';
import path from 'node:path';

/**
 * Writes a file so that it is the old one or the new one, whole, whenever the power goes; when this returns it is the
 * new one.
 */
export function replaceFile(file: string, text: string, { mode = 0o666 }: { mode?: number } = {}): void {
  const fresh = `${file}.new`;
  writeFileSync(fresh, text, { flush: true, mode });
  renameSync(fresh, file);
  syncFolder(path.dirname(file));
}

/** Brings names that came, changed or went in a folder to the disk. Windows has no such call, and needs none. */
export function syncFolder(folder: string): void {
  if (process.platform === 'win32') return;
  const handle = openSync(folder, 'r');
  try {
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}
