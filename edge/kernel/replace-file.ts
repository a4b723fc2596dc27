import { closeSync, fsyncSync, openSync, renameSync, writeFileSync } from 'node:fs';
import path from 'node:path';

/**
 * Replaces a file atomically: after a power cut it is the old one or the new one, whole. When this returns, the new one
 * is on disk.
 */
export function replaceFile(file: string, text: string, { mode = 0o666 }: { mode?: number } = {}): void {
  const fresh = `${file}.new`;
  writeFileSync(fresh, text, { flush: true, mode });
  renameSync(fresh, file);
  syncFolder(path.dirname(file));
}

/** Flushes changed names in a folder to the disk. Windows has no such call, and needs none. */
export function syncFolder(folder: string): void {
  if (process.platform === 'win32') return;
  const handle = openSync(folder, 'r');
  try {
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}
