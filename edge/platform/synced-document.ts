import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { isoTime } from '../../shared/kernel/clock.ts';
import { seconds } from '../../shared/kernel/durations.ts';
import { explain } from '../../shared/kernel/errors/app-error.ts';
import type { Scheduler } from '../../shared/kernel/scheduler.ts';
import type { EdgeLog } from '../kernel/log.ts';
import { replaceFile } from '../kernel/replace-file.ts';
import { systemCode } from '../kernel/system-error.ts';
import type { Pulled } from './platform.ts';

export interface SyncedDocumentOptions<T> {
  /** Names the document in the log. */
  what: string;
  /** Where the last version is stored. */
  file: string;
  schema: z.ZodType<T>;
  /**
   * Fetches the document from the platform unless it still has that `etag`. Throws when the platform does not answer.
   */
  pull(etag: string | undefined): Promise<Pulled<T>>;
  /** Called with each new version, and at the start with the stored one. Throws to reject the version. */
  take?(value: T): void;
  /** Called each time the platform has confirmed that this version is current. */
  confirmed?(value: T): void;
  everyMilliseconds(): number;
  time: Scheduler;
  log: EdgeLog;
  datacenter: string;
}

export interface SyncedDocumentStatus {
  /** When the platform last confirmed the version; null where it never has. */
  confirmedAt: string | null;
  /** Why the last pull failed; null when it did not. */
  reason: string | null;
}

/**
 * A document of the platform that the datacenter needs: pulled at intervals, transferred only when it has changed, and
 * stored on disk, so that it is available while the link is down and after a restart.
 */
export class SyncedDocument<T> {
  readonly #options: SyncedDocumentOptions<T>;
  readonly #file: z.ZodType<{ value: T; etag: string; confirmedAt: string }>;
  #current: { value: T; etag: string; confirmedAt: string } | undefined;
  #reason: string | null = null;
  #askedAt = 0;
  #inFlight: Promise<void> | undefined;
  #cancel: (() => void) | undefined;
  #isStopped = false;

  constructor(options: SyncedDocumentOptions<T>) {
    this.#options = options;
    this.#file = z.object({ value: options.schema, etag: z.string(), confirmedAt: z.string() });
    this.#current = this.#read();
  }

  start(): void {
    void this.refresh().finally(() => this.#later());
  }

  stop(): void {
    this.#isStopped = true;
    this.#cancel?.();
  }

  /** Undefined where the platform has never sent it. */
  get value(): T | undefined {
    return this.#current?.value;
  }

  /** Pulls now; concurrent calls share one pull. Never throws: when the pull fails, the last version stays. */
  refresh(): Promise<void> {
    this.#inFlight ??= this.#pull().finally(() => {
      this.#inFlight = undefined;
    });
    return this.#inFlight;
  }

  /** Pulls now, unless the last pull began less than a second ago: many callers at once make one pull. */
  async refreshSoon(): Promise<void> {
    if (this.#options.time.now() - this.#askedAt >= seconds(1)) await this.refresh();
  }

  status(): SyncedDocumentStatus {
    return { confirmedAt: this.#current?.confirmedAt ?? null, reason: this.#reason };
  }

  async #pull(): Promise<void> {
    const { what, file, pull, take, confirmed, time, log, datacenter } = this.#options;
    this.#askedAt = time.now();
    try {
      const pulled = await pull(this.#current?.etag);
      const confirmedAt = isoTime(time.now());
      if (pulled.outcome === 'unchanged') {
        if (this.#current) this.#current.confirmedAt = confirmedAt;
      } else {
        take?.(pulled.value);
        const current = { value: pulled.value, etag: pulled.etag, confirmedAt };
        replaceFile(file, JSON.stringify(current));
        this.#current = current; // only once it is on disk: a version that could not be stored is pulled again
        log.pulled({ datacenter, what });
      }
      this.#reason = null;
      if (this.#current) confirmed?.(this.#current.value);
    } catch (error) {
      if (this.#reason === null) log.notPulled({ datacenter, what, reason: explain(error) });
      this.#reason = explain(error);
    }
  }

  #later(): void {
    const { time, everyMilliseconds } = this.#options;
    if (!this.#isStopped) this.#cancel = time.schedule(time.now() + everyMilliseconds(), () => this.start());
  }

  #read() {
    const { what, file, take, log, datacenter } = this.#options;
    try {
      const current = this.#file.parse(JSON.parse(readFileSync(file, 'utf8')));
      take?.(current.value);
      return current;
    } catch (error) {
      if (systemCode(error) !== 'ENOENT') log.documentUnreadable({ datacenter, what, reason: explain(error) });
      return undefined;
    }
  }
}
