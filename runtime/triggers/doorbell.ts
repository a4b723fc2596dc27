/**
 * Wakes whoever waits for work. A ring while nobody listens is remembered, so that work arriving between
 * "I found nothing" and "I wait" is not slept over.
 */
export class Doorbell {
  #rung = false;
  #wake: (() => void) | undefined;

  ring(): void {
    this.#rung = true;
    this.#wake?.();
  }

  /**
   * Resolves at the next ring, at once if it rang since last time, or when the signal aborts. One listener at a time.
   */
  async heard(signal: AbortSignal): Promise<void> {
    if (!this.#rung && !signal.aborted) {
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
        signal.addEventListener('abort', this.#wakeUp);
      });
      signal.removeEventListener('abort', this.#wakeUp);
      this.#wake = undefined;
    }
    this.#rung = false;
  }

  readonly #wakeUp = () => this.#wake?.();
}
