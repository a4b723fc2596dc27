import type { Time } from '../../core/time.ts';

/** Looks for work: when woken, when the next message falls due, and now and then without being told. */
export class Lookout {
  readonly #time: Time;
  readonly #restMilliseconds: number;
  readonly #look: () => Promise<void>;
  #isLooking = false;
  #again = false;
  #isClosed = false;
  #nextAt = Infinity;
  #cancelNext = () => {};

  /** `look` never rejects. */
  constructor(time: Time, restMilliseconds: number, look: () => Promise<void>) {
    this.#time = time;
    this.#restMilliseconds = restMilliseconds;
    this.#look = look;
  }

  get isLooking(): boolean {
    return this.#isLooking;
  }

  /** Looks now, or once more after the present look, which may have come too early to see it. */
  wake(): void {
    this.#again = true;
    if (!this.#isLooking && !this.#isClosed) void this.#lookWhileAsked();
  }

  /** Looks at that moment at the latest. */
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

  async #lookWhileAsked(): Promise<void> {
    this.#isLooking = true;
    this.#cancelNext();
    this.#nextAt = Infinity;
    while (this.#again && !this.#isClosed) {
      this.#again = false;
      await this.#look();
    }
    this.#isLooking = false;
    this.wakeAt(this.#time.now() + this.#restMilliseconds);
  }
}
