// The spool: DHCP servers' hook scripts write one small file per lease. A script only writes, so it is fast and needs
// no running agent; the lease is on disk before the script returns, and stays there until the agent has taken it.
import { watch, type FSWatcher } from 'node:fs';
import { mkdir, readdir, readFile, rename, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { systemClock, type Clock } from '../../shared/kernel/clock.ts';
import { seconds } from '../../shared/kernel/durations.ts';
import { explain } from '../../shared/kernel/errors/app-error.ts';
import type { Lease, OnLease } from './lease.ts';
import { readSpoolFile } from './spool-file.ts';

export interface SpoolOptions {
  /** The folder, as in the hook script's configuration; created where it is missing. */
  directory: string;
  onLease: OnLease;
  /**
   * Called for files that cannot be read (renamed to `*.bad`) and for leases that could not be handed on (they stay).
   */
  onFault: (reason: string) => void;
  clock?: Clock;
  /** How often the folder is scanned beside the kernel's notifications, which network file systems do not send. */
  lookEveryMilliseconds?: number;
}

interface SpoolFile {
  file: string;
  size: number;
  /** Milliseconds since 1970. */
  writtenAt: number;
}

export interface Spool {
  /** Hands on the leases in the folder; resolves when each was tried. */
  drain(): Promise<void>;
  stop(): Promise<void>;
}

const suffix = '.lease';
const greatestFile = 4096;
/** A script writes its file in one go: one that is incomplete after this time was cut off by a crash. */
const unfinishedAfter = seconds(60);

/**
 * Hands every lease in the folder to `onLease`, oldest first and one at a time, then deletes it. Resolves once the
 * folder is watched.
 */
export async function watchSpool({
  directory,
  onLease,
  onFault,
  clock = systemClock,
  lookEveryMilliseconds = seconds(5),
}: SpoolOptions): Promise<Spool> {
  await mkdir(directory, { recursive: true });
  let isStopped = false;
  let running: Promise<void> | undefined;
  let isAskedAgain = false;

  /** False where the lease could not be handed on: later ones wait, so that the order is kept. */
  async function take({ file, size, writtenAt }: SpoolFile): Promise<boolean> {
    const place = path.join(directory, file);
    const text = size > greatestFile ? '' : await readFile(place, 'utf8');
    const isUnfinished = size <= greatestFile && !text.endsWith('\n\n');
    if (isUnfinished && clock.now() - writtenAt < unfinishedAfter) return true;
    const lease = await readOrSetAside(place, text, writtenAt);
    if (lease === undefined) return true;
    try {
      await onLease(lease);
    } catch (error) {
      onFault(`the lease in ${place} could not be handed on and stays: ${explain(error)}`);
      return false;
    }
    await rm(place);
    return true;
  }

  async function readOrSetAside(place: string, text: string, writtenAt: number): Promise<Lease | undefined> {
    try {
      return readSpoolFile(text, writtenAt);
    } catch (error) {
      await rename(place, `${place}.bad`);
      onFault(`${place} was renamed to end in '.bad': ${explain(error)}`);
      return undefined;
    }
  }

  async function oldestFirst(): Promise<SpoolFile[]> {
    const files = (await readdir(directory)).filter((file) => file.endsWith(suffix));
    const measured = await Promise.all(
      files.map(async (file) => {
        const { size, mtimeMs } = await stat(path.join(directory, file));
        return { file, size, writtenAt: mtimeMs };
      }),
    );
    return measured.sort((a, b) => a.writtenAt - b.writtenAt || (a.file < b.file ? -1 : 1));
  }

  async function lookThrough(): Promise<void> {
    do {
      isAskedAgain = false;
      for (const waiting of await oldestFirst()) if (isStopped || !(await take(waiting))) return;
    } while (isAskedAgain && !isStopped);
  }

  function drain(): Promise<void> {
    isAskedAgain = true;
    running ??= lookThrough()
      .catch((error: unknown) => onFault(`${directory} cannot be read: ${explain(error)}`))
      .finally(() => {
        running = undefined;
      });
    return running;
  }

  const watcher: FSWatcher = watch(directory, () => void drain());
  watcher.on('error', (error) => onFault(`${directory} is no longer watched, only scanned: ${explain(error)}`));
  const timer = setInterval(() => void drain(), lookEveryMilliseconds);
  void drain();
  return {
    drain,
    stop: async () => {
      isStopped = true;
      watcher.close();
      clearInterval(timer);
      await running;
    },
  };
}
