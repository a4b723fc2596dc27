/**
 * Wakes whoever waits for work (an auto-reset event). A notification while nobody waits is remembered, so that work
 * arriving between "I found nothing" and "I wait" is not missed.
 */
export class Signal {
  #isSet = false;
  #wake: (() => void) | undefined;

  notify(): void {
    this.#isSet = true;
    this.#wake?.();
  }

  /**
   * Resolves at the next notification, at once if there was one since last time, or when the signal aborts. One waits
   * at a time.
   */
  async wait(signal: AbortSignal): Promise<void> {
    if (!this.#isSet && !signal.aborted) {
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
        signal.addEventListener('abort', this.#wakeUp);
      });
      signal.removeEventListener('abort', this.#wakeUp);
      this.#wake = undefined;
    }
    this.#isSet = false;
  }

  readonly #wakeUp = () => this.#wake?.();
}
