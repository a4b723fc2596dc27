import { type Clock } from '../../shared/kernel/clock.ts';
import { seconds } from '../../shared/kernel/durations.ts';

/** Limits how many machines fetch an image at once, and spreads the returns of the others. */
export interface PaceOptions {
  slots: number;
  clock: Clock;
  /** A machine that has a slot and has fetched nothing for this long loses it (milliseconds). */
  idleMilliseconds?: number;
}

export interface PaceStatus {
  slots: number;
  /** Machines that have a slot, and machines that wait for one. */
  taken: number;
  waiting: number;
}

export type Turn = { isNow: true } | { isNow: false; waitSeconds: number };

interface Holder {
  since: number;
  heardAt: number;
  /** Files that it is fetching. */
  transfers: number;
}

const leastWait = 2;
const longestWait = 60;
/** A slot is kept for a machine that is expected back within this time; longer it would stand empty. */
const keptFor = seconds(3);

/**
 * Paces a boot storm. A machine that asks while a slot is free gets it, unless an earlier one is expected back at once.
 * The others are told when to come back, by the length of the queue and by how long machines have taken so far.
 * Machines are named by MAC.
 */
export class Pace {
  readonly #options: Required<PaceOptions>;
  readonly #holders = new Map<string, Holder>();
  /** By MAC, in order of arrival: when each machine is expected back. */
  readonly #waiting = new Map<string, number>();
  /** How long machines have kept a slot lately (milliseconds). */
  #usual = seconds(5);

  constructor(options: PaceOptions) {
    this.#options = { idleMilliseconds: seconds(30), ...options };
  }

  status(): PaceStatus {
    this.#dropAbsent();
    return { slots: this.#options.slots, taken: this.#holders.size, waiting: this.#waiting.size };
  }

  /** A machine asks for a slot; asking again while it has one keeps it. */
  ask(mac: string): Turn {
    this.#dropAbsent();
    const now = this.#options.clock.now();
    const holder = this.#holders.get(mac);
    if (holder) holder.heardAt = now;
    const free = this.#options.slots - this.#holders.size;
    if (holder || (free > 0 && this.#ahead(mac, now + keptFor) < free)) {
      if (!holder) this.#holders.set(mac, { since: now, heardAt: now, transfers: 0 });
      this.#waiting.delete(mac);
      return { isNow: true };
    }
    const ahead = this.#waiting.has(mac) ? [...this.#waiting.keys()].indexOf(mac) : this.#waiting.size;
    const estimate = Math.ceil(((ahead + 1) / this.#options.slots) * (this.#usual / 1000));
    const waitSeconds = Math.min(longestWait, Math.max(leastWait, estimate));
    this.#waiting.set(mac, now + seconds(waitSeconds));
    return { isNow: false, waitSeconds };
  }

  /** How many earlier machines are expected back by then. */
  #ahead(mac: string, by: number): number {
    let count = 0;
    for (const [other, backAt] of this.#waiting) {
      if (other === mac) break;
      if (backAt <= by) count += 1;
    }
    return count;
  }

  /** A transfer to this machine begins; false where it has no slot and none is free. */
  begin(mac: string): boolean {
    if (!this.ask(mac).isNow) return false;
    const holder = this.#holders.get(mac);
    if (holder) holder.transfers += 1;
    return true;
  }

  /** The transfer has ended, whether complete or not; after the last file the slot is free. */
  end(mac: string, isLast: boolean): void {
    const holder = this.#holders.get(mac);
    if (!holder) return;
    const now = this.#options.clock.now();
    holder.transfers -= 1;
    holder.heardAt = now;
    if (!isLast || holder.transfers > 0) return;
    this.#holders.delete(mac);
    this.#usual = 0.9 * this.#usual + 0.1 * (now - holder.since);
  }

  #dropAbsent(): void {
    const now = this.#options.clock.now();
    for (const [mac, { heardAt, transfers }] of this.#holders)
      if (transfers === 0 && now - heardAt > this.#options.idleMilliseconds) this.#holders.delete(mac);
    for (const [mac, backAt] of this.#waiting)
      if (now - backAt > this.#options.idleMilliseconds) this.#waiting.delete(mac);
  }
}
