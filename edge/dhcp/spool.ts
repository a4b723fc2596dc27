// Where the DHCP servers' hook scripts leave leases: one small file each. A script only writes, so it is fast and needs
// no running agent; a lease is on disk before the script returns, and stays there until the agent has taken it.
import { watch, type FSWatcher } from 'node:fs';
import { mkdir, readdir, readFile, rename, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { systemClock, type Clock } from '../../shared/kernel/clock.ts';
import { seconds } from '../../shared/kernel/durations.ts';
import { explain } from '../../shared/kernel/errors/app-error.ts';
import type { Lease, OnLease } from './lease.ts';
import { readSpoolFile } from './spool-file.ts';

export interface SpoolOptions {
  /** As in the hook script's configuration; made where it is missing. */
  directory: string;
  onLease: OnLease;
  /**
   * Told of files that cannot be read (they are renamed to `*.bad`) and of leases that could not be handed on (they
   * stay).
   */
  onFault: (reason: string) => void;
  clock?: Clock;
  /** How often the folder is looked through beside the kernel's notices, which network file systems do not give. */
  lookEveryMilliseconds?: number;
}

interface SpoolFile {
  file: string;
  size: number;
  /** Milliseconds since 1970. */
  writtenAt: number;
}

export interface Spool {
  /** Hands on what lies there now; resolves when all of it has been tried. */
  drain(): Promise<void>;
  stop(): Promise<void>;
}

const suffix = '.lease';
const greatestFile = 4096;
/** A script writes its file in one go. What is still unfinished after this was cut off by a crash. */
const unfinishedAfter = seconds(60);

/**
 * Hands every lease in the folder to `onLease`, oldest first and one at a time, then removes it. Resolves when it
 * watches.
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

  /** False where the lease could not be handed on: those after it wait, so that none overtakes another. */
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
      onFault(`${place} was set aside with '.bad' at its end: ${explain(error)}`);
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
  watcher.on('error', (error) => onFault(`${directory} is no longer watched, only looked through: ${explain(error)}`));
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
