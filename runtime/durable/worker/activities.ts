/** Runs activities, a limited number at a time; the others wait their turn. */
export class Activities {
  readonly #limit: number;
  readonly #pickNext: (count: number) => number;
  #waiting: (() => Promise<void>)[] = [];
  #running = 0;
  #isClosed = false;

  constructor(limit: number, pickNext: (count: number) => number) {
    this.#limit = limit;
    this.#pickNext = pickNext;
  }

  /** How many more could start at once; negative when there is a queue. */
  get room(): number {
    return this.#limit - this.#running - this.#waiting.length;
  }

  /** How many wait their turn. */
  get waiting(): number {
    return this.#waiting.length;
  }

  /** `run` never rejects. */
  add(run: () => Promise<void>): void {
    if (this.#isClosed) return;
    this.#waiting.push(run);
    this.#startNext();
  }

  /** What waits is forgotten, what runs goes on. */
  close(): void {
    this.#isClosed = true;
    this.#waiting = [];
  }

  #startNext(): void {
    while (this.#running < this.#limit && this.#waiting.length > 0) {
      const [run] = this.#waiting.splice(this.#pickNext(this.#waiting.length), 1);
      if (run) void this.#run(run);
    }
  }

  async #run(run: () => Promise<void>): Promise<void> {
    this.#running += 1;
    await run();
    this.#running -= 1;
    this.#startNext();
  }
}
