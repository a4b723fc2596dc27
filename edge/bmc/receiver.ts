import { randomUUID } from 'node:crypto';
import { explain } from '../../shared/kernel/errors/app-error.ts';
import { waitUntil, type Scheduler } from '../../shared/kernel/scheduler.ts';
import { Signal } from '../../shared/kernel/signal.ts';
import type { EdgeLog } from '../kernel/log.ts';
import { backoff } from '../platform/backoff.ts';
import type { Platform } from '../platform/platform.ts';
import type { Executor } from './executor.ts';

export interface ReceiverOptions {
  datacenter: string;
  platform: Pick<Platform, 'fetchCommands'>;
  executor: Pick<Executor, 'carryOut' | 'idle' | 'inFlight'>;
  time: Scheduler;
  log: EdgeLog;
  /** How many commands may run at once. */
  slots?: number;
}

export interface ReceiverStatus {
  /** `cut-off`: the platform has not answered within the lease; another agent may have become active. */
  role: 'active' | 'standby' | 'cut-off' | 'starting';
  since: string;
  inFlight: number;
  carriedOut: number;
  reason: string | null;
}

const waitSeconds = 10;
/** Beyond the wait, for a slow connection. */
const answerWithinMilliseconds = (waitSeconds + 10) * 1000;

/** Fetches commands from the platform, one request after another, and has them carried out. */
export class Receiver {
  readonly #options: Required<ReceiverOptions>;
  readonly #stopping = new AbortController();
  /** Identifies this process: the platform gives again what an earlier process may not have received. */
  readonly #process = randomUUID();
  #ask = 0;
  #leaseUntil = 0;
  #failures = 0;
  #carriedOut = 0;
  #role: ReceiverStatus['role'] = 'starting';
  #since: string;
  #reason: string | null = null;
  readonly #slotFreed = new Signal();
  #running: Promise<void> = Promise.resolve();

  constructor(options: ReceiverOptions) {
    this.#options = { slots: 100, ...options };
    this.#since = new Date(options.time.now()).toISOString();
  }

  start(): void {
    this.#running = this.#askUntilStopped();
  }

  /** Fetches no more commands; resolves when the running ones have ended. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#running;
    await this.#options.executor.idle();
  }

  /** Whether this agent is the active one of its datacenter now. */
  get isActive(): boolean {
    return this.#role === 'active' && performance.now() < this.#leaseUntil;
  }

  status(): ReceiverStatus {
    const { executor } = this.#options;
    const role = this.#role === 'active' && !this.isActive ? 'cut-off' : this.#role;
    return {
      role,
      since: this.#since,
      inFlight: executor.inFlight,
      carriedOut: this.#carriedOut,
      reason: this.#reason,
    };
  }

  async #askUntilStopped(): Promise<void> {
    const { signal } = this.#stopping;
    while (!signal.aborted) {
      const limit = this.#options.slots - this.#options.executor.inFlight;
      if (limit <= 0) await this.#slotFreed.wait({ signal });
      else await this.#question(limit).catch((error: unknown) => this.#pauseAfter(error));
    }
  }

  async #question(limit: number): Promise<void> {
    const { platform, executor } = this.#options;
    const askedAt = performance.now();
    const { role, leaseSeconds, waitedMilliseconds, commands } = await platform.fetchCommands(
      { process: this.#process, ask: this.#ask, limit, wait: waitSeconds },
      { signal: this.#stopping.signal, timeoutMilliseconds: answerWithinMilliseconds },
    );
    this.#ask += 1;
    this.#failures = 0;
    this.#reason = null;
    // Counted from when the request was sent: never later than the platform counts.
    const givenOutAt = askedAt + waitedMilliseconds;
    this.#leaseUntil = givenOutAt + leaseSeconds * 1000;
    this.#become(role);
    for (const command of commands) {
      void executor.carryOut(command, givenOutAt + command.runSeconds * 1000).then(() => {
        this.#carriedOut += 1;
        this.#slotFreed.notify();
      });
    }
  }

  async #pauseAfter(error: unknown): Promise<void> {
    const { time, log, datacenter } = this.#options;
    if (this.#stopping.signal.aborted) return;
    if (this.#failures === 0) log.commandsNotFetched({ datacenter, reason: explain(error) });
    this.#reason = explain(error);
    this.#failures += 1;
    const wait = backoff(this.#failures, { firstMilliseconds: 200, longestMilliseconds: 1500, random: Math.random });
    await waitUntil(time, time.now() + wait, this.#stopping.signal);
  }

  #become(role: 'active' | 'standby'): void {
    if (this.#role === role) return;
    const { log, datacenter, time } = this.#options;
    this.#role = role;
    this.#since = new Date(time.now()).toISOString();
    if (role === 'active') log.becameActive({ datacenter });
    else log.becameStandby({ datacenter });
  }
}
