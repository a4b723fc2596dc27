import { Connections, type ConnectionOptions } from './connections.ts';

export interface Notification {
  channel: string;
  payload: string;
}

/**
 * The same notification is sent at most once in so many milliseconds: few enough for nobody to be kept waiting, and
 * one statement for many where there are a thousand commits a second.
 */
const minimumIntervalMilliseconds = 2;

/**
 * Tells other processes that there is something new to read (NOTIFY). It is called after the commit it speaks of: a
 * transaction with NOTIFY in it keeps a lock of the whole database until it is on disk, and all that do so queue for
 * the disk one after the other. A notification is a hint: whoever listens also polls, which makes up for a lost one.
 */
export class Notifier {
  readonly #send: (notifications: readonly Notification[]) => Promise<void>;
  readonly #after: (milliseconds: number, run: () => void) => void;
  readonly #due = new Map<string, Notification>();
  /** What was sent a moment ago. Asked for again meanwhile, it is sent when the interval is over. */
  readonly #recent = new Set<string>();
  #isSending = false;
  #sent: Promise<void> = Promise.resolve();

  /** `send` never rejects. */
  constructor(
    send: (notifications: readonly Notification[]) => Promise<void>,
    after: (milliseconds: number, run: () => void) => void,
  ) {
    this.#send = send;
    this.#after = after;
  }

  notify(channel: string, payload = ''): void {
    this.#due.set(`${channel}\n${payload}`, { channel, payload });
    this.#start();
  }

  /** Resolves when all notifications have been sent. */
  async close(): Promise<void> {
    this.#recent.clear();
    this.#start();
    await this.#sent;
  }

  #start(): void {
    if (this.#isSending) return;
    this.#isSending = true;
    this.#sent = this.#sendAll();
  }

  async #sendAll(): Promise<void> {
    await undefined; // what is asked for in one go is sent in one statement
    for (let notifications = this.#takeReady(); notifications.length > 0; notifications = this.#takeReady())
      await this.#send(notifications);
    this.#isSending = false;
  }

  #takeReady(): Notification[] {
    const ready = [...this.#due].filter(([key]) => !this.#recent.has(key));
    if (ready.length === 0) return [];
    for (const [key] of ready) {
      this.#due.delete(key);
      this.#recent.add(key);
    }
    this.#after(minimumIntervalMilliseconds, () => {
      for (const [key] of ready) this.#recent.delete(key);
      if (this.#due.size > 0) this.#start();
    });
    return ready.map(([, notice]) => notice);
  }
}

export interface DatabaseNotifier {
  notify(channel: string, payload?: string): void;
  close(): Promise<void>;
}

const notify =
  'SELECT pg_notify(channel, payload) FROM unnest($1::text[], $2::text[]) AS notification (channel, payload)';

/** A notifier with a connection of its own, opened when first used, on which a commit does not wait for the disk. */
export function createNotifier(
  options: Omit<ConnectionOptions, 'settings'>,
  onError: (error: unknown) => void,
): DatabaseNotifier {
  const connections = new Connections({
    ...options,
    settings: '-c synchronous_commit=off',
    max: 1,
    onIdleError: onError,
  });
  const send = (notifications: readonly Notification[]) =>
    connections.query({
      name: 'notify',
      text: notify,
      values: [notifications.map(({ channel }) => channel), notifications.map(({ payload }) => payload)],
    });
  const notifier = new Notifier(
    async (notifications) => {
      // Once more on another connection; after that the database is away, and whoever comes back to it polls anyway.
      await send(notifications)
        .catch(() => send(notifications))
        .catch(onError);
    },
    (milliseconds, run) => void setTimeout(run, milliseconds),
  );
  return {
    notify: (channel, payload) => notifier.notify(channel, payload),
    close: async () => {
      await notifier.close();
      await connections.close();
    },
  };
}
