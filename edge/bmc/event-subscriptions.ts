import { randomBytes } from 'node:crypto';
import type { Redfish } from '../../shared/adapters/redfish/client.ts';
import type { Watching } from '../../shared/adapters/redfish/watch.ts';
import { hours, minutes, seconds } from '../../shared/kernel/durations.ts';
import { AppError } from '../../shared/kernel/errors/app-error.ts';
import type { Scheduler } from '../../shared/kernel/scheduler.ts';
import type { BmcTarget } from '../../shared/ports/bmc.ts';
import type { Routes } from '../kernel/listener.ts';
import type { BmcGate } from './gate.ts';

export interface EventSubscriptionsOptions {
  /** The controllers, and whether each answered last time: one that did not is not subscribed to. */
  controllers(): Iterable<{ target: BmcTarget; isAnswering: boolean }>;
  bmc: Pick<Redfish, 'watch'>;
  gate: Pick<BmcGate, 'run' | 'isHeldExclusively'>;
  isActive(): boolean;
  /** Call it when this server's controller has sent an event. */
  onHint(serverId: string): void;
  /** Where controllers reach `routes`. Without it those that stream no events are only polled. */
  eventsUrl: string | undefined;
  time: Scheduler;
  mostStreams?: number;
}

export interface EventSubscriptionsStatus {
  streams: number;
  subscriptions: number;
}

/** The subscription to one controller. */
interface Subscription {
  target: BmcTarget;
  end: AbortController;
  how: Watching | 'opening';
  /** When it is tried again after it failed. */
  againAt: number;
  failures: number;
  /** The last part of the address that this controller posts to. */
  token: string;
}

const tickMilliseconds = 1000;
/** A subscription that is not open after this has failed. */
const openWithin = seconds(30);
/** How many are opened at once: samples need slots too. */
const mostOpening = 20;
/** Each stream is a connection and a file descriptor. Controllers beyond that are only polled. */
const mostStreams = 1000;
/** A controller that offers no events may do so with other firmware or another licence. */
const askAgainAfter = hours(6);
const rarest = minutes(30);
const postsTo = '/bmc-events';

/**
 * Subscribes to the events of controllers: by a stream where they offer one, by posts where they take subscriptions. An
 * event of any content is a hint to take a sample; it is not read, because nothing signs it. A subscription ends when
 * the controller leaves the list, while it is held exclusively, and when another agent becomes active.
 */
export class EventSubscriptions {
  readonly #options: Required<EventSubscriptionsOptions>;
  readonly #subscriptions = new Map<string, Subscription>();
  readonly #opening = new Set<Promise<void>>();
  #cancelTick: (() => void) | undefined;

  constructor(options: EventSubscriptionsOptions) {
    this.#options = { mostStreams, ...options };
  }

  start(): void {
    const { time } = this.#options;
    this.#cancelTick = time.schedule(time.now() + tickMilliseconds, () => {
      this.#tick();
      this.start();
    });
  }

  /** Ends all subscriptions; resolves when none is being opened. */
  async stop(): Promise<void> {
    this.#cancelTick?.();
    for (const subscription of this.#subscriptions.values()) this.#end(subscription);
    await Promise.all(this.#opening);
  }

  /** Where controllers post. A post to an unknown address is answered 404 and causes nothing. */
  get routes(): Routes {
    return {
      [`POST ${postsTo}/*`]: (_text, token) => {
        const subscription = [...this.#subscriptions.values()].find((each) => each.token === token);
        if (!subscription)
          throw new AppError({ code: 'edge.unknown-path', kind: 'not-found', publicMessage: 'Nobody posts here.' });
        this.#options.onHint(subscription.target.serverId);
        return { status: 204 };
      },
    };
  }

  status(): EventSubscriptionsStatus {
    return { streams: this.#count('sse'), subscriptions: this.#count('subscription') };
  }

  #count(...ways: Subscription['how'][]): number {
    return [...this.#subscriptions.values()].filter(({ how }) => ways.includes(how)).length;
  }

  #tick(): void {
    const { controllers, isActive, time } = this.#options;
    const wanted = new Map(
      isActive()
        ? [...controllers()].filter(({ target }) => !this.#isHeld(target)).map((each) => [each.target.serverId, each])
        : [],
    );
    for (const [serverId, subscription] of this.#subscriptions)
      if (!isSame(subscription.target, wanted.get(serverId)?.target)) this.#end(subscription);
    const room = Math.min(this.#options.mostStreams - this.#count('sse', 'opening'), mostOpening - this.#opening.size);
    const due = [...wanted.values()].filter(
      ({ target, isAnswering }) =>
        isAnswering && (this.#subscriptions.get(target.serverId)?.againAt ?? 0) <= time.now(),
    );
    for (const { target } of due.slice(0, Math.max(0, room))) this.#listen(target);
  }

  #isHeld({ address }: BmcTarget): boolean {
    return this.#options.gate.isHeldExclusively(address, this.#options.time.now());
  }

  #end(subscription: Subscription): void {
    this.#subscriptions.delete(subscription.target.serverId);
    subscription.end.abort(new Error('it is not listened to any more'));
  }

  #listen(target: BmcTarget): void {
    const failures = this.#subscriptions.get(target.serverId)?.failures ?? 0;
    const subscription: Subscription = {
      target,
      end: new AbortController(),
      how: 'opening',
      againAt: Infinity,
      failures,
      token: randomBytes(24).toString('base64url'),
    };
    this.#subscriptions.set(target.serverId, subscription);
    const opening = this.#open(subscription).finally(() => this.#opening.delete(opening));
    this.#opening.add(opening);
  }

  /** Occupies the controller's slot only until the subscription is open or has failed. */
  async #open(subscription: Subscription): Promise<void> {
    const { gate, time } = this.#options;
    try {
      subscription.how = await gate.run(subscription.target.address, 'poll', () => this.#watch(subscription));
      subscription.failures = 0;
      if (subscription.how === 'none') subscription.againAt = time.now() + askAgainAfter;
    } catch (error) {
      subscription.end.abort(error);
      subscription.how = 'none';
      subscription.failures += 1;
      subscription.againAt = time.now() + Math.min(rarest, minutes(1) * 2 ** (subscription.failures - 1));
    }
  }

  async #watch({ target, end, token }: Subscription): Promise<Watching> {
    const { bmc, eventsUrl, isActive, onHint, time } = this.#options;
    end.signal.throwIfAborted();
    const cancel = time.schedule(time.now() + openWithin, () =>
      end.abort(new Error(`it had not answered in ${openWithin / 1000} s`)),
    );
    const destination = eventsUrl === undefined ? {} : { destination: `${eventsUrl}${postsTo}/${token}` };
    try {
      return await bmc.watch(target, () => onHint(target.serverId), {
        ...destination,
        signal: end.signal,
        mayCall: () => isActive() && !this.#isHeld(target),
      });
    } finally {
      cancel();
    }
  }
}

const isSame = (one: BmcTarget, other: BmcTarget | undefined): boolean =>
  one.address === other?.address && one.secretRef === other.secretRef;
