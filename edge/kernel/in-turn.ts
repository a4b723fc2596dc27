/** Does work one after the other where it is about the same thing, and side by side where it is not. */
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
