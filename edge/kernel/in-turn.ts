/** Runs work on the same subject one after the other, and work on different subjects concurrently. */
export class InTurn {
  readonly #last = new Map<string, Promise<unknown>>();

  async do<T>(about: string, work: () => Promise<T>): Promise<T> {
    const before = this.#last.get(about);
    const mine = before === undefined ? work() : before.then(work, work);
    this.#last.set(about, mine);
    try {
      return await mine;
    } finally {
      if (this.#last.get(about) === mine) this.#last.delete(about);
    }
  }
}
