import type { HostLog } from '../../core/log.ts';
import { waitUntil, type Time } from '../../core/time.ts';
import { Signal } from '../signal.ts';
import { decodeMessage, type MessageEncoding } from './encoding.ts';
import type { QueueMessage, QueueStore } from './queue-store.ts';

/** `extensions.queues` of host.json. */
export interface QueueOptions {
  /** Messages taken at once. */
  batchSize: number;
  /** Take more when no more than this are in flight. */
  newBatchThreshold: number;
  maxDequeueCount: number;
  /** How long a failed message stays hidden, in milliseconds. */
  visibilityTimeout: number;
  /** Milliseconds. Arrivals notify; this is for a notification that was lost. */
  maxPollingInterval: number;
  messageEncoding: MessageEncoding;
}

export interface QueueWork {
  functionName: string;
  queue: string;
  options: QueueOptions;
  store: QueueStore;
  time: Time;
  log: HostLog;
  /** Calls the function. The caller has logged what it throws. */
  call(message: QueueMessage, text: string): Promise<void>;
}

/** Feeds one function from its queue: several messages at a time, each removed once the function succeeded. */
export class QueueWorker {
  readonly #work: QueueWork;
  readonly #arrival = new Signal();
  readonly #stopping = new AbortController();
  readonly #inFlight = new Set<Promise<void>>();
  #taking: Promise<void> = Promise.resolve();

  constructor(work: QueueWork) {
    this.#work = work;
    work.store.onArrival(work.queue, () => this.#arrival.notify());
  }

  start(): void {
    this.#taking = this.#takeUntilStopped();
  }

  /** Takes no more messages; resolves when those in flight are done. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#taking;
    await Promise.all(this.#inFlight);
  }

  async #takeUntilStopped(): Promise<void> {
    const { signal } = this.#stopping;
    while (!signal.aborted) {
      if (this.#inFlight.size > this.#work.options.newBatchThreshold) await Promise.race(this.#inFlight);
      else await this.#takeBatch().catch((error: unknown) => this.#pauseAfter(error));
    }
  }

  async #takeBatch(): Promise<void> {
    const { store, queue, options, time } = this.#work;
    const { messages, nextVisibleIn } = await store.receive(queue, options.batchSize);
    for (const message of messages) {
      const handling = this.#handle(message).finally(() => this.#inFlight.delete(handling));
      this.#inFlight.add(handling);
    }
    if (messages.length > 0) return;
    const cancel = time.schedule(
      time.now() + Math.min(nextVisibleIn ?? Number.POSITIVE_INFINITY, options.maxPollingInterval),
      () => this.#arrival.notify(),
    );
    await this.#arrival.wait(this.#stopping.signal);
    cancel();
  }

  async #handle(message: QueueMessage): Promise<void> {
    const { store, options, call } = this.#work;
    const text = decodeMessage(options.messageEncoding, message.body);
    // Counted above the limit before it ever ran: it took its host down each time.
    if (text === undefined || message.dequeueCount > options.maxDequeueCount)
      return this.#poison(
        message,
        text === undefined ? `its body is not ${options.messageEncoding}` : 'its host died on every attempt',
      );
    try {
      await call(message, text);
    } catch {
      if (message.dequeueCount >= options.maxDequeueCount) return this.#poison(message, 'it failed on every attempt');
      return this.#settle(() => store.giveBack(message, options.visibilityTimeout));
    }
    await this.#settle(() => store.remove(message));
  }

  async #poison(message: QueueMessage, reason: string): Promise<void> {
    const target = `${message.queue}-poison`;
    this.#work.log.error(
      {
        functionName: this.#work.functionName,
        queue: message.queue,
        messageId: message.id,
        dequeueCount: message.dequeueCount,
      },
      `a message was moved to ${target}: ${reason}`,
    );
    await this.#settle(() => this.#work.store.move(message, target));
  }

  /** While we live the message is ours, so its ending has to be written down however long the store is away. */
  async #settle(ending: () => Promise<void>): Promise<void> {
    for (;;) {
      try {
        return await ending();
      } catch (error) {
        if (this.#stopping.signal.aborted) return; // found again by whoever comes next
        await this.#pauseAfter(error);
      }
    }
  }

  async #pauseAfter(error: unknown): Promise<void> {
    const { log, time, queue } = this.#work;
    log.warn({ err: error, queue }, 'the queue store did not answer; trying again');
    await waitUntil(time, time.now() + 250, this.#stopping.signal);
  }
}
