import type { Time } from '../../core/time.ts';

/** Polls for work: when woken, when the next message falls due, and regularly without a reason. */
export class Poller {
  readonly #time: Time;
  readonly #idleMilliseconds: number;
  readonly #poll: () => Promise<void>;
  #isPolling = false;
  #again = false;
  #isClosed = false;
  #nextAt = Infinity;
  #cancelNext = () => {};

  /** `poll` never rejects. */
  constructor(time: Time, idleMilliseconds: number, poll: () => Promise<void>) {
    this.#time = time;
    this.#idleMilliseconds = idleMilliseconds;
    this.#poll = poll;
  }

  get isPolling(): boolean {
    return this.#isPolling;
  }

  /** Polls now, or once more after the present poll, which may have come too early to see the work. */
  wake(): void {
    this.#again = true;
    if (!this.#isPolling && !this.#isClosed) void this.#pollWhileAsked();
  }

  /** Polls at that moment at the latest. */
  wakeAt(at: number): void {
    if (this.#isClosed || at >= this.#nextAt || !Number.isFinite(at)) return;
    this.#cancelNext();
    this.#nextAt = at;
    this.#cancelNext = this.#time.schedule(at, () => {
      this.#nextAt = Infinity;
      this.wake();
    });
  }

  close(): void {
    this.#isClosed = true;
    this.#cancelNext();
  }

  async #pollWhileAsked(): Promise<void> {
    this.#isPolling = true;
    this.#cancelNext();
    this.#nextAt = Infinity;
    while (this.#again && !this.#isClosed) {
      this.#again = false;
      await this.#poll();
    }
    this.#isPolling = false;
    this.wakeAt(this.#time.now() + this.#idleMilliseconds);
  }
}
