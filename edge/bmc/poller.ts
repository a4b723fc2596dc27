import { createHash } from 'node:crypto';
import type { BmcReading } from '../../shared/api/edge.ts';
import { isoTime, minutes, seconds } from '../../shared/clock.ts';
import { explain } from '../../shared/errors/app-error.ts';
import type { Bmc, BmcTarget } from '../../shared/ports/bmc.ts';
import type { EdgeTime } from '../time.ts';
import type { BmcKeeper } from './keeper.ts';

export interface PollerOptions {
  /** The controllers there are now. */
  targets(): Iterable<BmcTarget>;
  bmc: Pick<Bmc, 'readHealth'>;
  keeper: Pick<BmcKeeper, 'use' | 'isHeldExclusively'>;
  /** Whether this agent is the one that speaks to the controllers of its datacenter. */
  isActive(): boolean;
  /** Hands readings on, at most `batch` at a time. Resolves when they are kept. */
  report(readings: BmcReading[]): Promise<void>;
  time: EdgeTime;
  /** How often a controller that is well is looked at (milliseconds). */
  everyMilliseconds?: number;
}

export interface PollerStatus {
  controllers: number;
  unreachable: number;
  underWay: number;
  looks: number;
}

/** What is known of one controller between two looks. */
interface Watch {
  target: BmcTarget;
  dueAt: number;
  failures: number;
  isUnderWay: boolean;
}

const tickMilliseconds = 1000;
/** One look at one controller. Whoever needs longer is told of as unreachable, and holds nobody else up. */
const lookWithin = seconds(30);
/** What is not well is looked at more often; what does not answer, less and less. */
const soon = minutes(1);
const rarest = minutes(30);
const batch = 100;
const flushAfter = seconds(10);
/** Never so many looks begun in one tick that the rest of the agent has to wait for them. */
const mostPerTick = 200;

/**
 * Looks at every management controller again and again: spread over the period, more often at those that are not
 * well, less often at those that do not answer. One that is being written to is left alone.
 */
export class Poller {
  readonly #options: Required<PollerOptions>;
  readonly #watches = new Map<string, Watch>();
  readonly #underWay = new Set<Promise<void>>();
  #waiting: BmcReading[] = [];
  #cancelTick: (() => void) | undefined;
  #cancelFlush: (() => void) | undefined;
  #looks = 0;

  constructor(options: PollerOptions) {
    this.#options = { everyMilliseconds: minutes(5), ...options };
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
    await this.#flush();
  }

  /** Something happened there: it is looked at now. */
  hint(serverId: string): void {
    const watch = this.#watches.get(serverId);
    if (watch) watch.dueAt = this.#options.time.now();
  }

  /** Looks at all of them once, as many at a time as the keeper lets in. */
  async sweep(): Promise<void> {
    this.#refresh();
    await Promise.all([...this.#watches.values()].map((watch) => this.#look(watch)));
    await this.#flush();
  }

  status(): PollerStatus {
    const all = [...this.#watches.values()];
    return { controllers: all.length, unreachable: all.filter(({ failures }) => failures > 0).length, underWay: this.#underWay.size, looks: this.#looks };
  }

  #tick(): void {
    const { time, isActive } = this.#options;
    this.#refresh();
    if (!isActive()) return;
    const now = time.now();
    let begun = 0;
    for (const watch of this.#watches.values()) {
      if (watch.isUnderWay || watch.dueAt > now) continue;
      void this.#look(watch);
      begun += 1;
      if (begun === mostPerTick) return;
    }
  }

  /** Takes over which controllers there are; those that are new get their own place in the period. */
  #refresh(): void {
    const { targets, time, everyMilliseconds } = this.#options;
    const gone = new Set(this.#watches.keys());
    for (const target of targets()) {
      gone.delete(target.serverId);
      const known = this.#watches.get(target.serverId);
      if (known) known.target = target;
      else this.#watches.set(target.serverId, { target, dueAt: time.now() + (placeOf(target.serverId) * everyMilliseconds), failures: 0, isUnderWay: false });
    }
    for (const serverId of gone) this.#watches.delete(serverId);
  }

  #look(watch: Watch): Promise<void> {
    watch.isUnderWay = true;
    const look = this.#lookAt(watch).finally(() => {
      watch.isUnderWay = false;
      this.#underWay.delete(look);
    });
    this.#underWay.add(look);
    return look;
  }

  async #lookAt(watch: Watch): Promise<void> {
    const { keeper, time, everyMilliseconds } = this.#options;
    const { target } = watch;
    const reading = await keeper.use(target.address, 'poll', () => (keeper.isHeldExclusively(target.address, time.now()) ? Promise.resolve(undefined) : this.#read(target)));
    const now = time.now();
    if (reading === undefined) return void (watch.dueAt = now + soon);
    this.#looks += 1;
    const isUnreachable = 'unreachable' in reading;
    watch.failures = isUnreachable ? watch.failures + 1 : 0;
    const isWell = !isUnreachable && (reading.health === 'ok' || reading.health === 'unknown');
    watch.dueAt = now + (isUnreachable ? Math.min(rarest, soon * 2 ** (watch.failures - 1)) : isWell ? everyMilliseconds : Math.min(soon, everyMilliseconds));
    this.#add(reading);
  }

  async #read(target: BmcTarget): Promise<BmcReading> {
    const { bmc, time } = this.#options;
    const { serverId } = target;
    const end = new AbortController();
    const cancel = time.schedule(time.now() + lookWithin, () => end.abort(new Error(`it had not answered in ${lookWithin / 1000} s`)));
    try {
      return { serverId, at: isoTime(time.now()), ...(await bmc.readHealth(target, {}, { signal: end.signal })) };
    } catch (error) {
      return { serverId, at: isoTime(time.now()), unreachable: explain(error).slice(0, 500) };
    } finally {
      cancel();
    }
  }

  #add(reading: BmcReading): void {
    const { time } = this.#options;
    this.#waiting.push(reading);
    if (this.#waiting.length >= batch) return void this.#flush();
    this.#cancelFlush ??= time.schedule(time.now() + flushAfter, () => void this.#flush());
  }

  async #flush(): Promise<void> {
    this.#cancelFlush?.();
    this.#cancelFlush = undefined;
    const readings = this.#waiting;
    this.#waiting = [];
    // What cannot be kept is lost: the next look says the same, or better.
    if (readings.length > 0) await this.#options.report(readings).catch(() => undefined);
  }
}

/** The same place in the period for the same server in every life of the agent, from 0 up to 1. */
const placeOf = (serverId: string): number => createHash('sha256').update(serverId).digest().readUInt32BE() / 2 ** 32;
