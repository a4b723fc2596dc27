import { type Http, withSignal } from '../../kernel/http-client/client.ts';
import { isFailure } from '../../kernel/http-client/failure.ts';
import type { Scheduler } from '../../kernel/scheduler.ts';
import type { BmcTarget } from '../../ports/bmc.ts';
import { EventService } from './contract.ts';
import { eventsIn, hintsOf, listeningAgain, type BmcHint } from './events.ts';
import { serviceOver } from './service.ts';
import type { SessionPool } from './session.ts';
import { dropSubscription, ensureSubscription, type Destination } from './subscriptions.ts';
import { pause } from './wait.ts';

export interface WatchOptions {
  /** Ends it: the stream, its session, the subscription. */
  signal: AbortSignal;
  /**
   * Where this BMC can post events, if it does not stream them. Nothing signs them: the address has to be unguessable.
   */
  destination?: string;
  /**
   * Asked before a subscription is looked after, or ended: false leaves the BMC alone, and what stays behind is ended
   * by whoever watches next.
   */
  mayCall?: () => boolean;
  /** What goes wrong on the way; it is tried again. */
  onTrouble?: (error: unknown) => void;
}

/** How a BMC tells us of events: on an open stream, by posting them, or not at all. */
export type Watching = 'sse' | 'subscription' | 'none';

/** Nothing comes for so long: the connection is taken for dead. Most BMCs send a sign of life more often. */
const silenceMilliseconds = 15 * 60_000;
/** A subscription is looked after so often: BMCs drop it when posts fail, and when they restart. */
const subscriptionCheckSeconds = 600;
const longestBackoffSeconds = 300;
/** A stream that lasted so long was a good one. */
const goodStreamMilliseconds = 60_000;

/** Watches BMCs for events; `ended` waits for those whose signal is aborted. */
export class Watcher {
  readonly #pool: SessionPool;
  readonly #time: Scheduler;
  readonly #closing = new AbortController();
  readonly #running = new Set<Promise<void>>();

  constructor(pool: SessionPool, time: Scheduler) {
    this.#pool = pool;
    this.#time = time;
  }

  /**
   * Resolves when it is clear how the BMC tells of events, and goes on until the signal is aborted. Throws if the BMC
   * cannot be asked. A hint says that it is time to look; polling stays the truth.
   */
  async watch(bmc: BmcTarget, onHint: (hint: BmcHint) => void, options: WatchOptions): Promise<Watching> {
    const signal = AbortSignal.any([options.signal, this.#closing.signal]);
    const events = await this.#pool.use(bmc, (http) => eventService(withSignal(http, signal), http), signal);
    if (events.stream !== undefined && (await this.#follow(bmc, events.stream, onHint, { ...options, signal })))
      return 'sse';
    if (!events.takesSubscriptions || options.destination === undefined) return 'none';
    await this.#subscribe(bmc, { url: options.destination, context: `rackline ${bmc.serverId}` }, onHint, {
      ...options,
      signal,
    });
    return 'subscription';
  }

  /** Ends all of it. */
  async close(): Promise<void> {
    this.#closing.abort(new Error('no longer watched'));
    await Promise.all(this.#running);
  }

  #keep(work: Promise<void>): void {
    const running = work.finally(() => this.#running.delete(running));
    this.#running.add(running);
  }

  /**
   * Answers whether the stream could be opened; false where the BMC does not let us have it, for want of a licence,
   * behind a link that cannot be followed, or at all.
   */
  async #follow(
    bmc: BmcTarget,
    path: string,
    onHint: (hint: BmcHint) => void,
    options: WatchOptions,
  ): Promise<boolean> {
    const { promise: opened, resolve, reject } = Promise.withResolvers<boolean>();
    let isOpen = false;
    const listen = () =>
      this.#pool.use(bmc, async (http) => {
        const stream = await http.stream({
          path,
          headers: { accept: 'text/event-stream' },
          signal: options.signal,
          silenceMilliseconds,
        });
        if (isOpen) onHint(listeningAgain);
        isOpen = true;
        resolve(true);
        for await (const event of eventsIn(stream)) for (const hint of hintsOf(event)) onHint(hint);
        throw new Error('the BMC ended the stream');
      });
    const first = listen().catch((error: unknown) => {
      if (isOpen) throw error;
      if (isFailure(error, 'notFound', 'invalid', 'auth', 'conflict', 'unexpectedAnswer')) resolve(false);
      else reject(error);
    });
    this.#keep(this.#again(first, listen, () => isOpen, options));
    return opened;
  }

  /** Once it was open: opened again whenever it ends, the sooner the longer it lasted. */
  async #again(
    first: Promise<unknown>,
    listen: () => Promise<unknown>,
    isOpen: () => boolean,
    { signal, onTrouble }: WatchOptions,
  ): Promise<void> {
    let begun = this.#time.now();
    let failures = 0;
    for (let attempt = first; ; attempt = listen()) {
      const trouble = await attempt.then(
        () => undefined,
        (error: unknown) => error,
      );
      if (signal.aborted || !isOpen()) return;
      onTrouble?.(trouble);
      failures = this.#time.now() - begun >= goodStreamMilliseconds ? 1 : failures + 1;
      if (!(await this.#pauses(Math.min(2 ** (failures - 1), longestBackoffSeconds), signal))) return;
      begun = this.#time.now();
    }
  }

  async #subscribe(
    bmc: BmcTarget,
    to: Destination,
    onHint: (hint: BmcHint) => void,
    { signal, onTrouble, mayCall = () => true }: WatchOptions,
  ): Promise<void> {
    const ensure = () =>
      this.#pool.use(bmc, (http) => ensureSubscription(serviceOver(withSignal(http, signal), { session: http }), to));
    await ensure();
    this.#keep(
      (async () => {
        while (await this.#pauses(subscriptionCheckSeconds, signal)) {
          try {
            if (mayCall() && (await ensure())) onHint(listeningAgain);
          } catch (error) {
            if (!signal.aborted) onTrouble?.(error);
          }
        }
        if (!mayCall()) return;
        // Nobody is there to hear any more; what cannot be ended now is ended by whoever watches next.
        await this.#pool
          .use(bmc, (http) => dropSubscription(serviceOver(http, { session: http }), to))
          .catch((error: unknown) => onTrouble?.(error));
        await this.#pool.leave(bmc); // whoever left before this has left
      })(),
    );
  }

  /**
   * Whether it is still wanted after so many seconds, a little more or less: a whole row of racks comes back at once.
   */
  #pauses(seconds: number, signal: AbortSignal): Promise<boolean> {
    return pause(this.#time, seconds * (0.75 + Math.random() / 4), signal).then(
      () => true,
      () => false,
    );
  }
}

async function eventService(
  http: Http,
  session: Http,
): Promise<{ stream: string | undefined; takesSubscriptions: boolean }> {
  const service = serviceOver(http, { session });
  const events = await service.find((await service.places()).root.EventService, EventService);
  const isOn = events !== undefined && events.ServiceEnabled !== false;
  return {
    stream: isOn ? events.ServerSentEventUri : undefined,
    takesSubscriptions: isOn && events.Subscriptions !== undefined,
  };
}
