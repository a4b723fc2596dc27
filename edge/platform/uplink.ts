import { isoTime } from '../../shared/kernel/clock.ts';
import { explain } from '../../shared/kernel/errors/app-error.ts';
import type { Scheduler } from '../../shared/kernel/scheduler.ts';
import type { Entry, Journal } from '../kernel/journal.ts';
import type { EdgeLog } from '../kernel/log.ts';
import { backoff } from './backoff.ts';
import type { Platform } from './platform.ts';

export interface UplinkOptions {
  journal: Pick<Journal, 'next' | 'acknowledge' | 'deadLetter'>;
  platform: Pick<Platform, 'send'>;
  time: Scheduler;
  log: EdgeLog;
  datacenter: string;
  random?: () => number;
}

export interface LinkStatus {
  isUp: boolean;
  /** When it went up or down. */
  since: string;
  /** Why the last attempt failed; null while it is up. */
  reason: string | null;
  failures: number;
  /** Events accepted since the start. */
  sent: number;
}

const batchEvents = 500; // as many as the platform takes in one request
/** What the platform handles in one request without delaying others. */
const batchBytes = 200_000;
/** Concurrent batches while the link is up: 10,000 events a second at a round trip of 200 ms. */
const lanes = 4;
const firstWaitMilliseconds = 200;
/** A link that is restored is noticed within this time. */
const longestWaitMilliseconds = 1500;

/**
 * Sends the journal to the platform. Several batches are sent at once, never two with events of the same asset, so that
 * each asset's events stay in order. A batch that fails on the way stays in the journal and is sent again after a
 * pause; a batch that the platform refuses is halved until the refused event stands alone and becomes a dead letter.
 */
export class Uplink {
  readonly #options: UplinkOptions;
  readonly #busy = new Set<string>();
  #inFlight = 0;
  #isRunning = false;
  #cancelRetry: (() => void) | undefined;
  #link: LinkStatus;

  constructor(options: UplinkOptions) {
    this.#options = options;
    this.#link = {
      isUp: false,
      since: isoTime(options.time.now()),
      reason: 'nothing has been sent yet',
      failures: 0,
      sent: 0,
    };
  }

  start(): void {
    this.#isRunning = true;
    this.#pump();
  }

  /** Call it when there is a new event in the journal. */
  notify(): void {
    this.#pump();
  }

  /** Does not wait for pending batches: they stay in the journal, and the platform recognizes what it has already. */
  stop(): void {
    this.#isRunning = false;
    this.#cancelRetry?.();
  }

  status(): LinkStatus {
    return { ...this.#link };
  }

  #pump(): void {
    // While the link is down, one batch at a time probes it.
    while (this.#isRunning && !this.#cancelRetry && this.#inFlight < (this.#link.isUp ? lanes : 1)) {
      const entries = this.#options.journal.next({ limit: batchEvents, maxBytes: batchBytes, busy: this.#busy });
      if (entries.length === 0) return;
      void this.#transfer(entries);
    }
  }

  async #transfer(entries: Entry[]): Promise<void> {
    const assets = new Set(entries.map(({ asset }) => asset));
    this.#inFlight += 1;
    for (const asset of assets) this.#busy.add(asset);
    const failed = await this.#deliver(entries).catch((error: unknown) => ({ reason: explain(error) }));
    this.#inFlight -= 1;
    for (const asset of assets) this.#busy.delete(asset);
    if (!this.#isRunning) return;
    if (failed) this.#retryLater(failed);
    this.#pump();
  }

  /** Answers why the batch could not be sent, or undefined when each event is accepted or a dead letter. */
  async #deliver(entries: Entry[]): Promise<{ reason: string; retryAfterSeconds?: number } | undefined> {
    const { journal, platform, log, datacenter, time } = this.#options;
    const verdict = await platform.send(entries.map(({ event }) => event));
    if (!this.#isRunning) return undefined;
    if (verdict.outcome === 'unreachable') return verdict;
    this.#linkIsUp();
    if (verdict.outcome === 'accepted') {
      journal.acknowledge(entries.map(({ sequence }) => sequence));
      this.#link.sent += entries.length;
      return undefined;
    }
    const [only, ...others] = entries;
    if (only && others.length === 0) {
      journal.deadLetter(only.sequence, verdict.reason, isoTime(time.now()));
      return void log.deadLetter({ datacenter, reason: verdict.reason });
    }
    const middle = Math.ceil(entries.length / 2);
    return (await this.#deliver(entries.slice(0, middle))) ?? (await this.#deliver(entries.slice(middle)));
  }

  #linkIsUp(): void {
    const { time, log, datacenter } = this.#options;
    const wasUp = this.#link.isUp;
    this.#link = {
      ...this.#link,
      isUp: true,
      reason: null,
      failures: 0,
      since: wasUp ? this.#link.since : isoTime(time.now()),
    };
    if (!wasUp) log.linkBack({ datacenter });
  }

  #retryLater({ reason, retryAfterSeconds = 0 }: { reason: string; retryAfterSeconds?: number }): void {
    const { time, log, datacenter, random = Math.random } = this.#options;
    if (this.#cancelRetry) return; // another batch has failed and scheduled the retry
    if (this.#link.failures === 0) log.linkLost({ datacenter, reason });
    const failures = this.#link.failures + 1;
    this.#link = {
      ...this.#link,
      isUp: false,
      reason,
      failures,
      since: this.#link.isUp ? isoTime(time.now()) : this.#link.since,
    };
    const wait = backoff(failures, {
      firstMilliseconds: firstWaitMilliseconds,
      longestMilliseconds: longestWaitMilliseconds,
      random,
    });
    this.#cancelRetry = time.schedule(time.now() + Math.max(wait, Math.min(retryAfterSeconds * 1000, 30_000)), () => {
      this.#cancelRetry = undefined;
      this.#pump();
    });
  }
}
