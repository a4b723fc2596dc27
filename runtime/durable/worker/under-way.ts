/** Counts what is under way, for whoever must wait for it or must not let time pass meanwhile. */
export class UnderWay {
  readonly #hold: () => () => void;
  #count = 0;
  #release = () => {};
  #isForgotten = false;

  constructor(hold: () => () => void) {
    this.#hold = hold;
  }

  get isIdle(): boolean {
    return this.#count === 0;
  }

  async run<T>(work: () => Promise<T>): Promise<T> {
    if (this.#count++ === 0 && !this.#isForgotten) this.#release = this.#hold();
    try {
      return await work();
    } finally {
      if (--this.#count === 0) this.#release();
    }
  }

  /** Nobody waits for it any more. */
  forget(): void {
    this.#isForgotten = true;
    this.#release();
  }
}
