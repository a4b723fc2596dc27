/**
 * Wakes a waiter (an auto-reset event). A notification while nobody waits is remembered: what arrives between "I found
 * nothing" and "I wait" is not missed. (`runtime/` has the same of its own: it imports nothing of the product.)
 */
export class Signal {
  #isSet = false;
  #wake: (() => void) | undefined;

  notify(): void {
    this.#isSet = true;
    this.#wake?.();
  }

  /**
   * Resolves at the next notification, or at once if there was one since the last wait; also after `atMostMilliseconds`
   * and when the signal aborts. One caller waits at a time.
   */
  async wait({ atMostMilliseconds, signal }: { atMostMilliseconds?: number; signal?: AbortSignal }): Promise<void> {
    if (!this.#isSet && !signal?.aborted)
      await new Promise<void>((resolve) => {
        const timer =
          atMostMilliseconds === undefined
            ? undefined
            : setTimeout(() => this.#wake?.(), Math.max(1, atMostMilliseconds));
        const onAbort = () => this.#wake?.();
        this.#wake = () => {
          clearTimeout(timer);
          signal?.removeEventListener('abort', onAbort);
          this.#wake = undefined;
          resolve();
        };
        signal?.addEventListener('abort', onAbort);
      });
    this.#isSet = false;
  }
}
