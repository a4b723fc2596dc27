import type { Scheduler } from '../../shared/kernel/scheduler.ts';

/** Time that stands still until a test moves it: what simulated hardware does later happens then, in order. */
export class SteppedTime implements Scheduler {
  #now: number;
  #due: { at: number; run: () => void | Promise<void> }[] = [];

  constructor(start = Date.parse('2026-11-02T08:00:00Z')) {
    this.#now = start;
  }
  now(): number {
    return this.#now;
  }
  schedule(at: number, run: () => void | Promise<void>): () => void {
    const entry = { at, run };
    this.#due.push(entry);
    return () => {
      this.#due = this.#due.filter((each) => each !== entry);
    };
  }
  /** Lets so many seconds pass; answers when everything due in them has been done. */
  async pass(seconds: number): Promise<void> {
    const until = this.#now + seconds * 1000;
    for (;;) {
      const [next] = this.#due.filter(({ at }) => at <= until).toSorted((a, b) => a.at - b.at);
      if (!next) break;
      this.#due = this.#due.filter((each) => each !== next);
      this.#now = Math.max(this.#now, next.at);
      await next.run();
    }
    this.#now = until;
  }
}
