/** What was opened and must be closed, in reverse order, whatever happens. */
export class Closing {
  #opened: (() => Promise<unknown>)[] = [];

  add(close: () => Promise<unknown>): void {
    this.#opened.push(close);
  }

  /** Something that can be stopped; hands it on. */
  keep<T extends { stop(): Promise<unknown> }>(opened: T): T {
    this.add(() => opened.stop());
    return opened;
  }

  async all(): Promise<void> {
    const opened = this.#opened.toReversed();
    this.#opened = [];
    for (const close of opened)
      await close().catch((error: unknown) => console.error('Something did not close properly:', error));
  }
}
