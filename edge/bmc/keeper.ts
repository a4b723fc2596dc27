/** `command`: somebody waits for it. `poll`: it can wait. */
export type Urgency = 'command' | 'poll';

export interface KeeperOptions {
  /** How many controllers may be spoken to at once, by what is being done: polls never take the places of commands. */
  places: Readonly<Record<Urgency, number>>;
}

interface Job {
  urgency: Urgency;
  begin: () => void;
}

interface Door {
  isBusy: boolean;
  waiting: Job[];
}

/**
 * Lets one piece of work at a time to each management controller, commands before polls, and bounds how many are
 * spoken to at once. A controller that is slow or dead holds up its own work and one place, and nobody else's.
 */
export class BmcKeeper {
  readonly #free: Record<Urgency, number>;
  readonly #doors = new Map<string, Door>();
  /** Jobs whose controller is free and that wait for a place. */
  readonly #lobby: Record<Urgency, (() => void)[]> = { command: [], poll: [] };
  readonly #exclusive = new Map<string, number>();

  constructor({ places }: KeeperOptions) {
    this.#free = { ...places };
  }

  /** Runs `work` when the controller and a place are free. */
  async use<T>(address: string, urgency: Urgency, work: () => Promise<T>): Promise<T> {
    await this.#enter(address, urgency);
    try {
      await this.#takePlace(urgency);
      try {
        return await work();
      } finally {
        this.#leavePlace(urgency);
      }
    } finally {
      this.#leave(address);
    }
  }

  /**
   * Firmware is being written, or drives are being erased: nobody may even look until that moment (milliseconds of
   * `now`), or until 0 is said.
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

  /** Whether anything is being done or waits to be done there. */
  isBusy(address: string): boolean {
    return this.#doors.has(address);
  }

  #enter(address: string, urgency: Urgency): Promise<void> {
    const door = this.#doors.get(address) ?? { isBusy: false, waiting: [] };
    this.#doors.set(address, door);
    if (!door.isBusy) {
      door.isBusy = true;
      return Promise.resolve();
    }
    return new Promise((begin) => door.waiting.push({ urgency, begin }));
  }

  #leave(address: string): void {
    const door = this.#doors.get(address);
    if (!door) return;
    const next = door.waiting.findIndex(({ urgency }) => urgency === 'command');
    const [job] = door.waiting.splice(Math.max(next, 0), 1);
    if (job) job.begin();
    else this.#doors.delete(address);
  }

  #takePlace(urgency: Urgency): Promise<void> {
    if (this.#free[urgency] > 0) {
      this.#free[urgency] -= 1;
      return Promise.resolve();
    }
    return new Promise((resolve) => this.#lobby[urgency].push(resolve));
  }

  #leavePlace(urgency: Urgency): void {
    const next = this.#lobby[urgency].shift();
    if (next) next();
    else this.#free[urgency] += 1;
  }
}
