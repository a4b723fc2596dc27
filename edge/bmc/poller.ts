import { createHash } from 'node:crypto';
import type { Health } from '../../shared/facts/server.ts';
import { minutes, seconds } from '../../shared/kernel/durations.ts';
import type { Scheduler } from '../../shared/kernel/scheduler.ts';
import type { BmcTarget } from '../../shared/ports/bmc.ts';
import type { BmcGate } from './gate.ts';
import type { Readings } from './readings.ts';
import type { Sampler } from './sampler.ts';

export interface PollerOptions {
  /** The controllers to sample now. */
  targets(): Iterable<BmcTarget>;
  sampler: Pick<Sampler, 'sample'>;
  readings: Pick<Readings, 'add' | 'flush'>;
  gate: Pick<BmcGate, 'run' | 'isHeldExclusively'>;
  /** Whether this agent is the active one of its datacenter. */
  isActive(): boolean;
  /** Ends the session: the controller is not sampled for a while, or no longer by this agent. */
  leave(target: BmcTarget): void;
  time: Scheduler;
  /** How often a healthy controller is sampled (milliseconds). */
  everyMilliseconds?: number;
  /** How often the sample is a full one (milliseconds). */
  fullEveryMilliseconds?: number;
}

export interface PollerStatus {
  controllers: number;
  unreachable: number;
  /** Controllers whose log could not be read at the last attempt. */
  logsUnread: number;
  inFlight: number;
  samples: number;
}

/** The state of one controller between two samples. */
interface Watch {
  target: BmcTarget;
  dueAt: number;
  /** Undefined before the first answer. */
  health: Health | undefined;
  failures: number;
  isInFlight: boolean;
  /** Firmware is being written or drives are being erased: it is not sampled meanwhile. */
  isHeld: boolean;
  /** Was added after the start, and has no offset in the period yet. */
  isLate: boolean;
  fullAt: number;
  isLogUnread: boolean;
  /** An event arrived since the last sample. */
  isHinted: boolean;
  /** When it was last sampled for a hint. */
  hintFollowedAt: number;
}

const tickMilliseconds = 1000;
/** An unhealthy controller is sampled more often; one that does not answer less and less often. */
const soon = minutes(1);
const rarest = minutes(30);
/** The least time between two samples for hints, for a controller that sends events all the time. */
const hintsApart = seconds(10);
/** The most samples begun in one tick, so that they do not block the rest of the agent. */
const mostPerTick = 200;

/**
 * Samples every management controller periodically: spread over the period, more often where it is unhealthy, less
 * often where it does not answer, at once after a hint. A sample is full the first time, after a hint, where the
 * controller is unhealthy, and every half hour. A controller that is held exclusively is left alone.
 */
export class Poller {
  readonly #options: Required<PollerOptions>;
  readonly #watches = new Map<string, Watch>();
  readonly #inFlight = new Set<Promise<void>>();
  #cancelTick: (() => void) | undefined;
  #samples = 0;
  #hasBegun = false;
  #wasActive = false;

  constructor(options: PollerOptions) {
    this.#options = { everyMilliseconds: minutes(5), fullEveryMilliseconds: minutes(30), ...options };
  }

  start(): void {
    const { time } = this.#options;
    this.#cancelTick = time.schedule(time.now() + tickMilliseconds, () => {
      this.#tick();
      this.start();
    });
  }

  /** Begins no more samples; resolves when the running ones have ended and their readings are stored. */
  async stop(): Promise<void> {
    this.#cancelTick?.();
    await Promise.all(this.#inFlight);
    await this.#options.readings.flush();
  }

  /** Call it after an event: a sample is taken at once, or a few seconds after the last one for a hint. */
  hint(serverId: string): void {
    const watch = this.#watches.get(serverId);
    if (!watch) return;
    watch.isHinted = true;
    watch.dueAt = Math.min(watch.dueAt, Math.max(this.#options.time.now(), watch.hintFollowedAt + hintsApart));
  }

  /** Samples all controllers once, as many at a time as the gate admits. */
  async sweep(): Promise<void> {
    this.#refresh();
    await Promise.all([...this.#watches.values()].map((watch) => this.#sample(watch)));
    await this.#options.readings.flush();
  }

  /** The controllers, and whether each answered the last sample. */
  *controllers(): Iterable<{ target: BmcTarget; isAnswering: boolean }> {
    for (const { target, health, failures } of this.#watches.values())
      yield { target, isAnswering: health !== undefined && failures === 0 };
  }

  status(): PollerStatus {
    const all = [...this.#watches.values()];
    const count = (is: (watch: Watch) => boolean) => all.filter(is).length;
    return {
      controllers: all.length,
      unreachable: count(({ failures }) => failures > 0),
      logsUnread: count(({ isLogUnread }) => isLogUnread),
      inFlight: this.#inFlight.size,
      samples: this.#samples,
    };
  }

  #tick(): void {
    const { time, isActive, leave } = this.#options;
    this.#refresh();
    const wasActive = this.#wasActive;
    this.#wasActive = isActive();
    if (!this.#wasActive) {
      if (wasActive) for (const { target } of this.#watches.values()) leave(target);
      return;
    }
    for (const watch of this.#watches.values()) this.#followHold(watch);
    const now = time.now();
    let begun = 0;
    for (const watch of this.#watches.values()) {
      if (watch.isInFlight || watch.dueAt > now) continue;
      void this.#sample(watch);
      begun += 1;
      if (begun === mostPerTick) return;
    }
  }

  /** When a hold ends, a sample shows its result. */
  #followHold(watch: Watch): void {
    const { gate, time } = this.#options;
    const wasHeld = watch.isHeld;
    watch.isHeld = gate.isHeldExclusively(watch.target.address, time.now());
    if (wasHeld && !watch.isHeld) this.hint(watch.target.serverId);
  }

  /**
   * Updates the list of controllers. Those known at the start are spread over the period; later ones are sampled at
   * once.
   */
  #refresh(): void {
    const { targets, leave } = this.#options;
    const gone = new Set(this.#watches.keys());
    for (const target of targets()) {
      gone.delete(target.serverId);
      const known = this.#watches.get(target.serverId);
      if (!known) this.#watches.set(target.serverId, this.#begin(target));
      else if (known.target.address !== target.address || known.target.secretRef !== target.secretRef) {
        leave(known.target);
        known.target = target;
        this.hint(target.serverId); // it may answer to the new credentials
      }
    }
    for (const serverId of gone) {
      const watch = this.#watches.get(serverId);
      if (watch) leave(watch.target);
      this.#watches.delete(serverId);
    }
    this.#hasBegun = true;
  }

  #begin(target: BmcTarget): Watch {
    const now = this.#options.time.now();
    const isLate = this.#hasBegun;
    return {
      target,
      dueAt: isLate ? now : now + this.#offsetOf(target),
      health: undefined,
      failures: 0,
      isInFlight: false,
      isHeld: false,
      isLate,
      fullAt: 0,
      isLogUnread: false,
      isHinted: false,
      hintFollowedAt: -Infinity,
    };
  }

  /** The offset in the period: the same for the same server after every restart. */
  #offsetOf({ serverId }: BmcTarget): number {
    return (createHash('sha256').update(serverId).digest().readUInt32BE() / 2 ** 32) * this.#options.everyMilliseconds;
  }

  #sample(watch: Watch): Promise<void> {
    watch.isInFlight = true;
    const sample = this.#sampleNow(watch).finally(() => {
      watch.isInFlight = false;
      this.#inFlight.delete(sample);
    });
    this.#inFlight.add(sample);
    return sample;
  }

  async #sampleNow(watch: Watch): Promise<void> {
    const { gate, time, readings } = this.#options;
    const { target } = watch;
    const seen = await gate.run(target.address, 'poll', async () =>
      gate.isHeldExclusively(target.address, time.now()) ? undefined : this.#takeSample(watch),
    );
    if (seen === undefined) return void (watch.dueAt = time.now() + soon);
    this.#samples += 1;
    const { sample, isForHint } = seen;
    const isFirst = watch.health === undefined;
    const hasChanged = 'health' in sample.reading && sample.reading.health !== watch.health;
    if ('health' in sample.reading) watch.health = sample.reading.health;
    watch.failures = 'unreachable' in sample.reading ? watch.failures + 1 : 0;
    watch.dueAt = time.now() + this.#pauseOf(watch);
    watch.isLate &&= watch.failures > 0;
    if (watch.isHinted) this.hint(target.serverId);
    readings.add(sample, isForHint || (hasChanged && !isFirst));
  }

  async #takeSample(watch: Watch) {
    const { sampler, time, fullEveryMilliseconds } = this.#options;
    const { target, health, isHinted: isForHint } = watch;
    const isFull = isForHint || !isWell(health) || time.now() >= watch.fullAt;
    watch.isHinted = false;
    if (isForHint) watch.hintFollowedAt = time.now();
    const sample = await sampler.sample(target, { isFull, health });
    const hasReadSensors = 'sensors' in sample.reading;
    if (sample.isFull) watch.fullAt = time.now() + fullEveryMilliseconds;
    // the log is still unread, or entries may have been missed: the next sample is a full one
    else if (hasReadSensors || 'unreachable' in sample.reading) watch.fullAt = 0;
    watch.isLogUnread = hasReadSensors ? !sample.isFull : watch.isLogUnread;
    return { sample, isForHint };
  }

  /** The time until the next sample. A controller added later takes its offset in the period with the second one. */
  #pauseOf({ target, failures, health, isLate }: Watch): number {
    const { everyMilliseconds } = this.#options;
    if (failures > 0) return Math.min(rarest, soon * 2 ** (failures - 1));
    if (!isWell(health)) return Math.min(soon, everyMilliseconds);
    return isLate ? this.#offsetOf(target) : everyMilliseconds;
  }
}

const isWell = (health: Health | undefined): boolean => health === 'ok' || health === 'unknown';
