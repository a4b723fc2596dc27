import type { HostLog } from '../../core/log.ts';
import { waitUntil, type Time } from '../../core/time.ts';
import type { LeaseHandler } from '../leases.ts';
import type { EventStore, Subscription } from './event-store.ts';

const hour = 3_600_000;

/** Forgets old records once an hour, the first time an hour after the start: a host long away reads on first. */
export const retentionWorker = (
  store: EventStore,
  keepFor: number,
  readers: readonly Pick<Subscription, 'topic' | 'group'>[],
  time: Time,
  log: HostLog,
): LeaseHandler => {
  const groups = new Map<string, string[]>();
  for (const { topic, group } of readers) groups.set(topic, [...(groups.get(topic) ?? []), group]);
  return async (signal) => {
    while (!signal.aborted) {
      await waitUntil(time, time.now() + hour, signal);
      if (signal.aborted) return;
      const forgotten = await store.forget(keepFor, groups);
      if (forgotten > 0) log.info({ forgotten }, 'old records were forgotten');
    }
  };
};
