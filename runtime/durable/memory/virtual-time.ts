import type { Time } from '../../core/time.ts';

const patienceMilliseconds = 20_000;

interface Timer {
  at: number;
  order: number;
  run: () => void | Promise<void>;
}

/**
 * A clock that stands until it is told to run, and then jumps from one timer to the next. It never moves while
 * something blocks it: an activity, a turn, a commit. A week of waiting takes no time, always in the same order.
 */
export class VirtualTime implements Time {
  #now: number;
  #timers: Timer[] = [];
  #order = 0;
  readonly #blockers = new Set<{ what: string }>();
  #onFree: (() => void)[] = [];

  constructor(startAt = Date.UTC(2026, 0, 1)) {
    this.#now = startAt;
  }

  now(): number {
    return this.#now;
  }

  schedule(atMilliseconds: number, run: () => void | Promise<void>): () => void {
    const timer = { at: atMilliseconds, order: this.#order++, run };
    this.#timers.push(timer);
    return () => {
      this.#timers = this.#timers.filter((each) => each !== timer);
    };
  }

  /** Time stands still until the answer is called. */
  blockTime(what: string): () => void {
    const held = { what };
    this.#blockers.add(held);
    return () => {
      this.#blockers.delete(held);
      if (this.#blockers.size === 0) for (const free of this.#onFree.splice(0)) free();
    };
  }

  /**
   * Runs timer after timer until `isDone` holds, or until none is left before `until`. Between two timers
   * everything under way comes to rest. Answers whether `isDone` was reached.
   */
  async run({
    isDone = () => false,
    until = Infinity,
  }: { isDone?: () => boolean | Promise<boolean>; until?: number } = {}): Promise<boolean> {
    for (;;) {
      await this.#rest();
      if (await isDone()) return true;
      const next = this.#earliest();
      if (!next || next.at > until) return false;
      this.#timers = this.#timers.filter((each) => each !== next);
      this.#now = Math.max(this.#now, next.at);
      const release = this.blockTime('a timer');
      await next.run();
      release();
    }
  }

  /** Lets that much time pass, with all that falls due in it. */
  async advance(milliseconds: number): Promise<void> {
    const until = this.#now + milliseconds;
    await this.run({ until });
    this.#now = Math.max(this.#now, until);
  }

  #earliest(): Timer | undefined {
    return this.#timers.reduce<Timer | undefined>(
      (first, each) =>
        !first || each.at < first.at || (each.at === first.at && each.order < first.order) ? each : first,
      undefined,
    );
  }

  /** Nothing blocks the clock, and what the last to unblock it has started does not block it again. */
  async #rest(): Promise<void> {
    do {
      if (this.#blockers.size > 0) await this.#whenFree();
      await new Promise((resolve) => setImmediate(resolve));
    } while (this.#blockers.size > 0);
  }

  /** What is under way may do real input and output, but it must not wait for the clock it blocks. */
  #whenFree(): Promise<void> {
    return new Promise((resolve, reject) => {
      const impatience = setTimeout(() => {
        const blockers = [...this.#blockers].map(({ what }) => what).join(', ');
        reject(
          new Error(
            `Virtual time has stood still for ${patienceMilliseconds} ms of real time, blocked by ${blockers}. ` +
              'Does it wait for a timer of this clock?',
          ),
        );
      }, patienceMilliseconds);
      this.#onFree.push(() => {
        clearTimeout(impatience);
        resolve();
      });
    });
  }
}
