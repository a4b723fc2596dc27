/** Counts the operations in flight, for whoever must wait for them or must not let time pass meanwhile. */
export class InFlight {
  readonly #blockTime: () => () => void;
  #count = 0;
  #release = () => {};
  #isForgotten = false;

  constructor(blockTime: () => () => void) {
    this.#blockTime = blockTime;
  }

  get isIdle(): boolean {
    return this.#count === 0;
  }

  async run<T>(work: () => Promise<T>): Promise<T> {
    if (this.#count++ === 0 && !this.#isForgotten) this.#release = this.#blockTime();
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
