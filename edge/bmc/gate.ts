/** `command`: a caller waits for it. `poll`: it can wait. */
export type Urgency = 'command' | 'poll';

export interface BmcGateOptions {
  /** How many controllers are spoken to at once, by urgency: polls never take the slots of commands. */
  slots: Readonly<Record<Urgency, number>>;
}

interface QueuedCall {
  urgency: Urgency;
  begin: () => void;
}

/**
 * Runs one call at a time against each management controller, commands before polls, and limits how many controllers
 * are spoken to at once. A slow or dead controller delays its own calls and occupies one slot; others are not affected.
 */
export class BmcGate {
  readonly #free: Record<Urgency, number>;
  /** By address, while a call runs there: the calls that wait for it to end. */
  readonly #queues = new Map<string, QueuedCall[]>();
  /** Calls whose controller is free and that wait for a slot. */
  readonly #waitingForSlot: Record<Urgency, (() => void)[]> = { command: [], poll: [] };
  readonly #exclusive = new Map<string, number>();

  constructor({ slots }: BmcGateOptions) {
    this.#free = { ...slots };
  }

  /** Runs `call` as soon as the controller and a slot are free. Settles as `call` does. */
  async run<T>(address: string, urgency: Urgency, call: () => Promise<T>): Promise<T> {
    await this.#enter(address, urgency);
    try {
      await this.#takeSlot(urgency);
      try {
        return await call();
      } finally {
        this.#freeSlot(urgency);
      }
    } finally {
      this.#leave(address);
    }
  }

  /**
   * Firmware is being written or drives are being erased: polls leave the controller alone until that moment
   * (milliseconds since 1970). 0 ends the hold.
   */
  holdExclusively(address: string, until: number): void {
    if (until === 0) this.#exclusive.delete(address);
    else this.#exclusive.set(address, until);
  }

  isHeldExclusively(address: string, now: number): boolean {
    const until = this.#exclusive.get(address);
    if (until !== undefined && until <= now) this.#exclusive.delete(address);
    return (until ?? 0) > now;
  }

  /** Whether a call runs or waits there. */
  isBusy(address: string): boolean {
    return this.#queues.has(address);
  }

  #enter(address: string, urgency: Urgency): Promise<void> {
    const queue = this.#queues.get(address);
    if (queue) return new Promise((begin) => queue.push({ urgency, begin }));
    this.#queues.set(address, []);
    return Promise.resolve();
  }

  #leave(address: string): void {
    const queue = this.#queues.get(address) ?? [];
    const firstCommand = queue.findIndex(({ urgency }) => urgency === 'command');
    const [next] = queue.splice(Math.max(firstCommand, 0), 1);
    if (next) next.begin();
    else this.#queues.delete(address);
  }

  #takeSlot(urgency: Urgency): Promise<void> {
    if (this.#free[urgency] > 0) {
      this.#free[urgency] -= 1;
      return Promise.resolve();
    }
    return new Promise((resolve) => this.#waitingForSlot[urgency].push(resolve));
  }

  #freeSlot(urgency: Urgency): void {
    const next = this.#waitingForSlot[urgency].shift();
    if (next) next();
    else this.#free[urgency] += 1;
  }
}
