import type { Instance } from '../contract/instance.ts';
import type { Store, WorkerSession } from '../contract/store.ts';
import type { WorkerOptions } from './options.ts';
import { Tenure } from './tenure.ts';

/** How long to wait before joining again a store that did not let us. */
const rejoinMilliseconds = 200;

/** Works for a store until stopped: joins it, and joins again whenever the session is lost. */
export class Worker {
  readonly #store: Store;
  readonly #options: WorkerOptions;
  #current: { session: WorkerSession; tenure: Tenure } | undefined;
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
    await current?.tenure.stop();
    await current?.session.leave();
  }

  /** For the simulation of a process that dies: nothing is finished; the store sees the connection close. */
  die(): void {
    this.#isStopped = true;
    this.#cancelRejoin();
    const current = this.#current;
    this.#current = undefined;
    current?.tenure.abandon();
    void current?.session.leave();
  }

  /** Starts an instance here, if there is room. Undefined: there is none. */
  async startHere(instance: Instance): Promise<boolean | undefined> {
    const tenure = this.#current?.tenure;
    return tenure?.hasRoom ? tenure.start(instance) : undefined;
  }

  async #join(): Promise<void> {
    const current: { tenure?: Tenure; isOver: boolean } = { isOver: false };
    const lost = (cause: unknown) => {
      if (current.isOver) return;
      current.isOver = true;
      current.tenure?.abandon();
      this.#current = undefined;
      if (this.#isStopped) return;
      this.#options.log.warn(
        { err: cause },
        'the durable worker lost its store; it drops what it knew and joins again',
      );
      this.#joinAgain();
    };
    const session = await this.#store.join({ wake: () => current.tenure?.wake(), lost });
    const tenure = new Tenure(this.#options, session, (cause) => {
      void session.leave().catch((error: unknown) => error); // it may be gone already
      lost(cause);
    });
    current.tenure = tenure;
    this.#current = { session, tenure };
    tenure.wake();
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
