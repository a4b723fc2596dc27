import { Connections, type ConnectionOptions } from './connections.ts';

export interface Notice {
  channel: string;
  payload: string;
}

/**
 * The same notice is given once in so many milliseconds: few enough for nobody to be kept waiting, though a thousand
 * commits a second ring.
 */
const restMilliseconds = 2;

/**
 * Tells other processes that there is something new to look for (NOTIFY). It is rung after the commit it speaks of: a
 * transaction with NOTIFY in it keeps a lock of the whole database until it is on disk, and all that do so queue for
 * the disk one after the other. A ring is a hint. One that is lost is made up for by those who look by the clock.
 */
export class Bell {
  readonly #give: (notices: readonly Notice[]) => Promise<void>;
  readonly #after: (milliseconds: number, run: () => void) => void;
  readonly #due = new Map<string, Notice>();
  /** What was told a moment ago. Rung again meanwhile, it is told when its rest is over. */
  readonly #resting = new Set<string>();
  #isGiving = false;
  #given: Promise<void> = Promise.resolve();

  /** `give` never rejects. */
  constructor(
    give: (notices: readonly Notice[]) => Promise<void>,
    after: (milliseconds: number, run: () => void) => void,
  ) {
    this.#give = give;
    this.#after = after;
  }

  ring(channel: string, payload = ''): void {
    this.#due.set(`${channel}\n${payload}`, { channel, payload });
    this.#start();
  }

  /** Resolves when all that was rung has been told. */
  async close(): Promise<void> {
    this.#resting.clear();
    this.#start();
    await this.#given;
  }

  #start(): void {
    if (this.#isGiving) return;
    this.#isGiving = true;
    this.#given = this.#giveAll();
  }

  async #giveAll(): Promise<void> {
    await undefined; // what is rung in one go is told in one statement
    for (let notices = this.#takeReady(); notices.length > 0; notices = this.#takeReady()) await this.#give(notices);
    this.#isGiving = false;
  }

  #takeReady(): Notice[] {
    const ready = [...this.#due].filter(([key]) => !this.#resting.has(key));
    if (ready.length === 0) return [];
    for (const [key] of ready) {
      this.#due.delete(key);
      this.#resting.add(key);
    }
    this.#after(restMilliseconds, () => {
      for (const [key] of ready) this.#resting.delete(key);
      if (this.#due.size > 0) this.#start();
    });
    return ready.map(([, notice]) => notice);
  }
}

export interface DatabaseBell {
  ring(channel: string, payload?: string): void;
  close(): Promise<void>;
}

const notify = 'SELECT pg_notify(channel, payload) FROM unnest($1::text[], $2::text[]) AS notice (channel, payload)';

/** A bell with a connection of its own, opened when it is rung, on which a commit does not wait for the disk. */
export function createBell(
  options: Omit<ConnectionOptions, 'settings'>,
  onError: (error: unknown) => void,
): DatabaseBell {
  const connections = new Connections({
    ...options,
    settings: '-c synchronous_commit=off',
    max: 1,
    onIdleError: onError,
  });
  const give = (notices: readonly Notice[]) =>
    connections.query({
      name: 'notify',
      text: notify,
      values: [notices.map(({ channel }) => channel), notices.map(({ payload }) => payload)],
    });
  const bell = new Bell(
    async (notices) => {
      // Once more on another connection; after that the database is away, and whoever comes back to it looks anyway.
      await give(notices)
        .catch(() => give(notices))
        .catch(onError);
    },
    (milliseconds, run) => void setTimeout(run, milliseconds),
  );
  return {
    ring: (channel, payload) => bell.ring(channel, payload),
    close: async () => {
      await bell.close();
      await connections.close();
    },
  };
}
