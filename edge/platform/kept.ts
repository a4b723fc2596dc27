import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { isoTime } from '../../shared/kernel/clock.ts';
import { seconds } from '../../shared/kernel/durations.ts';
import { explain } from '../../shared/kernel/errors/app-error.ts';
import type { EdgeLog } from '../kernel/log.ts';
import { replaceFile } from '../kernel/replace-file.ts';
import { systemCode } from '../kernel/system-error.ts';
import type { EdgeTime } from '../kernel/time.ts';
import type { Pulled } from './platform.ts';

export interface KeptOptions<T> {
  /** What it is, for the log. */
  what: string;
  /** Where the last one is kept. */
  file: string;
  schema: z.ZodType<T>;
  /** Asks the platform for it, unless it is still that of `etag`. Throws when it cannot be asked. */
  pull(etag: string | undefined): Promise<Pulled<T>>;
  /**
   * Called with each new one, and with what was on disk at the start. What it throws is why the new one is not taken.
   */
  take?(value: T): void;
  /** Called each time that the platform has said that this is what it is. */
  confirmed?(value: T): void;
  everyMilliseconds(): number;
  time: EdgeTime;
  log: EdgeLog;
  datacenter: string;
}

export interface KeptStatus {
  /** When the platform last said what it is; null when it never has. */
  confirmedAt: string | null;
  /** Why the last pull failed; null when it did not. */
  reason: string | null;
}

/**
 * Something that the platform knows and the datacenter needs: pulled again and again, sent only when it has changed,
 * and kept on disk, so that it is known while the link is down and after a restart.
 */
export class Kept<T> {
  readonly #options: KeptOptions<T>;
  readonly #file: z.ZodType<{ value: T; etag: string; confirmedAt: string }>;
  #kept: { value: T; etag: string; confirmedAt: string } | undefined;
  #reason: string | null = null;
  #askedAt = 0;
  #underWay: Promise<void> | undefined;
  #cancel: (() => void) | undefined;
  #isStopped = false;

  constructor(options: KeptOptions<T>) {
    this.#options = options;
    this.#file = z.object({ value: options.schema, etag: z.string(), confirmedAt: z.string() });
    this.#kept = this.#read();
  }

  start(): void {
    void this.refresh().finally(() => this.#later());
  }

  stop(): void {
    this.#isStopped = true;
    this.#cancel?.();
  }

  /** Undefined where the platform has never said. */
  get value(): T | undefined {
    return this.#kept?.value;
  }

  /** Asks the platform now. Never throws: what was known stays known. Who asks meanwhile waits for the same answer. */
  refresh(): Promise<void> {
    this.#underWay ??= this.#pull().finally(() => {
      this.#underWay = undefined;
    });
    return this.#underWay;
  }

  /** Asks the platform now, unless it was asked a moment ago: a thousand reasons make one question. */
  async refreshSoon(): Promise<void> {
    if (this.#options.time.now() - this.#askedAt >= seconds(1)) await this.refresh();
  }

  status(): KeptStatus {
    return { confirmedAt: this.#kept?.confirmedAt ?? null, reason: this.#reason };
  }

  async #pull(): Promise<void> {
    const { what, file, pull, take, confirmed, time, log, datacenter } = this.#options;
    this.#askedAt = time.now();
    try {
      const pulled = await pull(this.#kept?.etag);
      const confirmedAt = isoTime(time.now());
      if (pulled.outcome === 'unchanged') {
        if (this.#kept) this.#kept.confirmedAt = confirmedAt;
      } else {
        take?.(pulled.value);
        const kept = { value: pulled.value, etag: pulled.etag, confirmedAt };
        replaceFile(file, JSON.stringify(kept));
        this.#kept = kept; // on disk: what could not be written is asked for again
        log.pulled({ datacenter, what });
      }
      this.#reason = null;
      if (this.#kept) confirmed?.(this.#kept.value);
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
      const kept = this.#file.parse(JSON.parse(readFileSync(file, 'utf8')));
      take?.(kept.value);
      return kept;
    } catch (error) {
      if (systemCode(error) !== 'ENOENT') log.keptUnreadable({ datacenter, what, reason: explain(error) });
      return undefined;
    }
  }
}
