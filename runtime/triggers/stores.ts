import { randomBytes } from 'node:crypto';
import type { HostLog } from '../core/log.ts';
import type { Time } from '../core/time.ts';
import type { EventStore } from './event/event-store.ts';
import { createMemoryEventStore } from './event/memory-event-store.ts';
import type { Leases } from './leases.ts';
import { createMemoryLeases } from './memory-leases.ts';
import { createMemoryQueueStore } from './queue/memory-queue-store.ts';
import type { QueueStore } from './queue/queue-store.ts';
import { createMemoryTimerStore, type TimerStore } from './timer/timer-store.ts';

/** Everything the triggers keep, in one place: the database, or memory for a host that needs none. */
export interface Stores {
  queues: QueueStore;
  events: EventStore;
  timers: TimerStore;
  leases: Leases;
  /** The root of the host's keys, the same for every replica and every start. */
  rootKey(): Promise<string>;
  /** Resolves when the stores can be used. */
  start(): Promise<void>;
  stop(): Promise<void>;
}

export const newRootKey = (): string => randomBytes(32).toString('base64url');

export function createMemoryStores(time: Time, log: HostLog): Stores {
  const rootKey = newRootKey();
  return {
    queues: createMemoryQueueStore(time),
    events: createMemoryEventStore(time),
    timers: createMemoryTimerStore(),
    leases: createMemoryLeases(log),
    rootKey: async () => rootKey,
    start: async () => {},
    stop: async () => {},
  };
}
