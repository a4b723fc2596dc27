import { createHash } from 'node:crypto';
import type { Health } from '../../shared/facts/server.ts';
import { minutes, seconds } from '../../shared/kernel/durations.ts';
import type { Scheduler } from '../../shared/kernel/scheduler.ts';
import type { BmcTarget } from '../../shared/ports/bmc.ts';
import type { BmcGate } from './gate.ts';
import type { Readings } from './readings.ts';
import type { Sampler } from './sampler.ts';

export interface PollerOptions {
  /** The controllers there are now. */
  targets(): Iterable<BmcTarget>;
  sampler: Pick<Sampler, 'sample'>;
  readings: Pick<Readings, 'add' | 'flush'>;
  gate: Pick<BmcGate, 'run' | 'isHeldExclusively'>;
  /** Whether this agent is the one that speaks to the controllers of its datacenter. */
  isActive(): boolean;
  /** This controller will not be spoken to for a while, or by nobody of ours any more. */
  leave(target: BmcTarget): void;
  time: Scheduler;
  /** How often a controller that is well is looked at (milliseconds). */
  everyMilliseconds?: number;
  /** How often it is looked at thoroughly. */
  fullEveryMilliseconds?: number;
}

export interface PollerStatus {
  controllers: number;
  unreachable: number;
  /** Those whose log could not be read when it was wanted last. */
  logsUnread: number;
  underWay: number;
  samples: number;
}

/** What is known of one controller between two looks. */
interface Watch {
  target: BmcTarget;
  dueAt: number;
  /** Undefined before the first answer. */
  health: Health | undefined;
  failures: number;
  isUnderWay: boolean;
  /** Is being written to: what happens there meanwhile goes by unheard. */
  isHeld: boolean;
  /** Came after the start, and has no place in the period yet. */
  isLate: boolean;
  fullAt: number;
  isLogUnread: boolean;
  /** Something has happened there since it was looked at. */
  isHinted: boolean;
  /** When it was looked at last for a hint. */
  hintFollowedAt: number;
}

const tickMilliseconds = 1000;
/** What is not well is looked at more often; what does not answer, less and less. */
const soon = minutes(1);
const rarest = minutes(30);
/** One that never stops telling of events is not looked at all the time. */
const hintsApart = seconds(10);
/** Never so many looks begun in one tick that the rest of the agent has to wait for them. */
const mostPerTick = 200;

/**
 * Looks at every management controller again and again: spread over the period, more often at those that are not
 * well, less often at those that do not answer, at once where something happened. Thoroughly at first, where something
 * happened or is not well, and now and then. One that is being written to is left alone.
 */
export class Poller {
  readonly #options: Required<PollerOptions>;
  readonly #watches = new Map<string, Watch>();
  readonly #underWay = new Set<Promise<void>>();
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

  /** Begins nothing new; resolves when the looks under way have ended and what they saw is kept. */
  async stop(): Promise<void> {
    this.#cancelTick?.();
    await Promise.all(this.#underWay);
    await this.#options.readings.flush();
  }

  /** Something happened there: it is looked at now, or a few seconds after the last time that it said so. */
  hint(serverId: string): void {
    const watch = this.#watches.get(serverId);
    if (!watch) return;
    watch.isHinted = true;
    watch.dueAt = Math.min(watch.dueAt, Math.max(this.#options.time.now(), watch.hintFollowedAt + hintsApart));
  }

  /** Looks at all of them once, as many at a time as the keeper lets in. */
  async sweep(): Promise<void> {
    this.#refresh();
    await Promise.all([...this.#watches.values()].map((watch) => this.#sample(watch)));
    await this.#options.readings.flush();
  }

  /** Those that are looked at, and whether they answered the last time. */
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
      underWay: this.#underWay.size,
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
      if (watch.isUnderWay || watch.dueAt > now) continue;
      void this.#sample(watch);
      begun += 1;
      if (begun === mostPerTick) return;
    }
  }

  /** Whatever was written there shows when it is over. */
  #followHold(watch: Watch): void {
    const { gate, time } = this.#options;
    const wasHeld = watch.isHeld;
    watch.isHeld = gate.isHeldExclusively(watch.target.address, time.now());
    if (wasHeld && !watch.isHeld) this.hint(watch.target.serverId);
  }

  /**
   * Takes over which controllers there are. Those known at the start get their own place in the period, later ones are
   * looked at at once.
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
        this.hint(target.serverId); // what it refused yesterday's password it may tell today's
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
      dueAt: isLate ? now : now + this.#placeOf(target),
      health: undefined,
      failures: 0,
      isUnderWay: false,
      isHeld: false,
      isLate,
      fullAt: 0,
      isLogUnread: false,
      isHinted: false,
      hintFollowedAt: -Infinity,
    };
  }

  /** The same place in the period for the same server in every life of the agent. */
  #placeOf({ serverId }: BmcTarget): number {
    return (createHash('sha256').update(serverId).digest().readUInt32BE() / 2 ** 32) * this.#options.everyMilliseconds;
  }

  #sample(watch: Watch): Promise<void> {
    watch.isUnderWay = true;
    const sample = this.#sampleNow(watch).finally(() => {
      watch.isUnderWay = false;
      this.#underWay.delete(sample);
    });
    this.#underWay.add(sample);
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
    // the log is still to be read, or nobody knows what has happened meanwhile
    else if (hasReadSensors || 'unreachable' in sample.reading) watch.fullAt = 0;
    watch.isLogUnread = hasReadSensors ? !sample.isFull : watch.isLogUnread;
    return { sample, isForHint };
  }

  /** Until the next look. Whoever came after the start takes its place in the period with the second. */
  #pauseOf({ target, failures, health, isLate }: Watch): number {
    const { everyMilliseconds } = this.#options;
    if (failures > 0) return Math.min(rarest, soon * 2 ** (failures - 1));
    if (!isWell(health)) return Math.min(soon, everyMilliseconds);
    return isLate ? this.#placeOf(target) : everyMilliseconds;
  }
}

const isWell = (health: Health | undefined): boolean => health === 'ok' || health === 'unknown';
