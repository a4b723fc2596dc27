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
  /**
   * The controllers there are, and whether each answered the last time: one that does not is not asked for its events
   * either.
   */
  controllers(): Iterable<{ target: BmcTarget; isAnswering: boolean }>;
  bmc: Pick<Redfish, 'watch'>;
  gate: Pick<BmcGate, 'run' | 'isHeldExclusively'>;
  isActive(): boolean;
  /** Something happened at this server's controller: it is time to look. */
  onHint(serverId: string): void;
  /** Where controllers reach `routes`. Without it those that stream nothing are only looked at. */
  eventsUrl: string | undefined;
  time: Scheduler;
  mostStreams?: number;
}

export interface EventSubscriptionsStatus {
  streams: number;
  subscriptions: number;
}

/** How one controller is listened to. */
interface Subscription {
  target: BmcTarget;
  end: AbortController;
  how: Watching | 'opening';
  /** When it is tried again where it could not be listened to. */
  againAt: number;
  failures: number;
  /** Names it in the address that it posts to. */
  token: string;
}

const tickMilliseconds = 1000;
/** Asking for events waits like a look, and takes no longer. */
const openWithin = seconds(30);
/** So many at once: looks need places too. */
const mostOpening = 20;
/** Each is a connection and a file of this process. Whoever comes later is looked at as often as without. */
const mostStreams = 1000;
/** A controller that tells nothing may do so with other firmware or a licence. */
const askAgainAfter = hours(6);
const rarest = minutes(30);
const postsTo = '/bmc-events';

/**
 * Listens to what controllers tell of themselves: on a stream where they offer one, by posts where they take
 * subscriptions. Whatever comes means that it is time to look, and is not read: nothing signs it. It ends with the
 * controller's place in the list, while the controller is being written to, and when another agent acts.
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

  /** Listens to nobody any more; resolves when nothing is being opened. */
  async stop(): Promise<void> {
    this.#cancelTick?.();
    for (const subscription of this.#subscriptions.values()) this.#end(subscription);
    await Promise.all(this.#opening);
  }

  /** Where controllers post. Whoever does not know the address of one is told of none. */
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

  /** In the controller's turn, and only until it is clear how it tells: from then on it holds up nobody. */
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
