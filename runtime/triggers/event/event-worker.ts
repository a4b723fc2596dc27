import type { HostLog } from '../../core/log.ts';
import type { Time } from '../../core/time.ts';
import type { LeaseHandler } from '../leases.ts';
import { withRetry, type RetryContext, type RetryPolicy } from '../retry.ts';
import { Signal } from '../signal.ts';
import type { EventStore, StoredRecord, Subscription } from './event-store.ts';

/** `extensions.kafka` of host.json. */
export interface EventOptions {
  /** Records read at once, and handed over at once with cardinality MANY. */
  maxBatchSize: number;
  /** Whether a record the function failed on is passed over like any other. */
  commitOnFailure: boolean;
  /** Where it is not: how often it is tried again before it is passed over after all. */
  maxRetries: number;
}

export interface EventWork extends Subscription {
  functionName: string;
  isMany: boolean;
  retry: RetryPolicy | undefined;
  options: EventOptions;
  store: EventStore;
  time: Time;
  log: HostLog;
  /** Calls the function with one record, or with a batch where it takes many. The caller has logged what it throws. */
  call(records: readonly StoredRecord[], retryContext?: RetryContext): Promise<void>;
}

/** Reads one partition for one group for as long as its lease is held, in order, remembering how far it got. */
export function eventWorker(work: EventWork): LeaseHandler {
  const { store, topic, partition, options } = work;
  const arrival = new Signal();
  store.onArrival(topic, partition, () => arrival.notify());

  return async (signal, isOurs) => {
    let next = await store.position(work);
    while (!signal.aborted) {
      const records = await store.read(topic, partition, next, options.maxBatchSize);
      if (records.length === 0) await arrival.wait(signal);
      for (const batch of work.isMany && records.length > 0 ? [records] : records.map((record) => [record])) {
        if (signal.aborted || !(await deliver(work, batch, signal)) || !isOurs()) return;
        next = (batch.at(-1)?.offset ?? next) + 1;
        await store.commit(work, next);
      }
    }
  };
}

/** Whether the batch is done: delivered, or failed as often as it may. False when the lease was lost meanwhile. */
async function deliver(work: EventWork, batch: readonly StoredRecord[], signal: AbortSignal): Promise<boolean> {
  const rounds = work.options.commitOnFailure ? 1 : work.options.maxRetries + 1;
  for (let round = 1; round <= rounds; round++) {
    try {
      await withRetry(work.retry, { time: work.time, signal }, (context) => work.call(batch, context));
      return true;
    } catch {
      if (signal.aborted) return false;
    }
  }
  work.log.error(
    {
      functionName: work.functionName,
      topic: work.topic,
      partition: work.partition,
      offset: batch[0]?.offset,
      count: batch.length,
    },
    'the function failed on these records as often as it may; going on with the next',
  );
  return true;
}
