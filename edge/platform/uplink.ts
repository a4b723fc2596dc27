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
  /** Since when it is up or down. */
  since: string;
  /** Why the last try failed; null while it is up. */
  reason: string | null;
  failures: number;
  /** Events accepted since the start. */
  sent: number;
}

const batchEvents = 500; // as many as the platform takes in one request
/** What the platform takes in at once without keeping others waiting. */
const batchBytes = 200_000;
/**
 * Batches under way at once while the link is up. Over a line of 200 ms there and back that is 10,000 events a second.
 */
const lanes = 4;
const firstWaitMilliseconds = 200;
/** A link that is back is noticed within this time. */
const longestWaitMilliseconds = 1500;

/**
 * Brings the journal to the platform. Several batches are under way at once, never two that hold events of the same
 * asset, so order per asset holds. A batch that fails on the way stays in the journal and is offered again after a
 * pause; a batch that the platform refuses is halved until the event that it is about stands alone, which is put aside.
 */
export class Uplink {
  readonly #options: UplinkOptions;
  readonly #busy = new Set<string>();
  #underWay = 0;
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

  /** Something new is in the journal. */
  notify(): void {
    this.#pump();
  }

  /** What is under way is not waited for: it stays in the journal, and the platform knows what it has seen before. */
  stop(): void {
    this.#isRunning = false;
    this.#cancelRetry?.();
  }

  status(): LinkStatus {
    return { ...this.#link };
  }

  #pump(): void {
    // One batch feels the way until the link has proved itself.
    while (this.#isRunning && !this.#cancelRetry && this.#underWay < (this.#link.isUp ? lanes : 1)) {
      const entries = this.#options.journal.next({ limit: batchEvents, maxBytes: batchBytes, busy: this.#busy });
      if (entries.length === 0) return;
      void this.#carry(entries);
    }
  }

  async #carry(entries: Entry[]): Promise<void> {
    const assets = new Set(entries.map(({ asset }) => asset));
    this.#underWay += 1;
    for (const asset of assets) this.#busy.add(asset);
    const failed = await this.#deliver(entries).catch((error: unknown) => ({ reason: explain(error) }));
    this.#underWay -= 1;
    for (const asset of assets) this.#busy.delete(asset);
    if (!this.#isRunning) return;
    if (failed) this.#rest(failed);
    this.#pump();
  }

  /** Answers why it could not go on, or undefined when all of it has been dealt with. */
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

  #rest({ reason, retryAfterSeconds = 0 }: { reason: string; retryAfterSeconds?: number }): void {
    const { time, log, datacenter, random = Math.random } = this.#options;
    if (this.#cancelRetry) return; // another batch met the same and rests already
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
