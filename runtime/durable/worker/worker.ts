import type { Instance } from '../contract/instance.ts';
import type { Store, Membership } from '../contract/store.ts';
import type { WorkerOptions } from './options.ts';
import { WorkerLease } from './worker-lease.ts';

/** How long to wait before joining again a store that did not let us. */
const rejoinMilliseconds = 200;

/** Works for a store until stopped: joins it, and joins again whenever the membership is lost. */
export class Worker {
  readonly #store: Store;
  readonly #options: WorkerOptions;
  #current: { membership: Membership; lease: WorkerLease } | undefined;
  #isStopped = false;
  #cancelRejoin = () => {};

  constructor(store: Store, options: WorkerOptions) {
    this.#store = store;
    this.#options = options;
  }

  /** Resolves when it has joined for the first time; rejects if the store does not let it. */
  async start(): Promise<void> {
    this.#isStopped = false;
    await this.#join();
  }

  async stop(): Promise<void> {
    this.#isStopped = true;
    this.#cancelRejoin();
    const current = this.#current;
    this.#current = undefined;
    await current?.lease.stop();
    await current?.membership.leave();
  }

  /** For the simulation of a process that dies: nothing is finished; the store sees the connection close. */
  die(): void {
    this.#isStopped = true;
    this.#cancelRejoin();
    const current = this.#current;
    this.#current = undefined;
    current?.lease.abandon();
    void current?.membership.leave();
  }

  /** Starts an instance here, if there is room. Undefined: there is none. */
  async startHere(instance: Instance): Promise<boolean | undefined> {
    const lease = this.#current?.lease;
    return lease?.hasRoom ? lease.start(instance) : undefined;
  }

  async #join(): Promise<void> {
    const current: { lease?: WorkerLease; isOver: boolean } = { isOver: false };
    const lost = (cause: unknown) => {
      if (current.isOver) return;
      current.isOver = true;
      current.lease?.abandon();
      this.#current = undefined;
      if (this.#isStopped) return;
      this.#options.log.warn(
        { err: cause },
        'the durable worker lost its store; it drops what it knew and joins again',
      );
      this.#joinAgain();
    };
    const membership = await this.#store.join({ wake: () => current.lease?.wake(), lost });
    const lease = new WorkerLease(this.#options, membership, (cause) => {
      void membership.leave().catch((error: unknown) => error); // it may be gone already
      lost(cause);
    });
    current.lease = lease;
    this.#current = { membership, lease };
    lease.wake();
  }

  #joinAgain(): void {
    const { time, log } = this.#options;
    this.#cancelRejoin = time.schedule(time.now() + rejoinMilliseconds, async () => {
      if (this.#isStopped) return;
      try {
        await this.#join();
      } catch (error) {
        log.debug({ err: error }, 'the durable store is still away');
        this.#joinAgain();
      }
    });
  }
}
