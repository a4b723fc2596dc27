import type { HostLog } from '../core/log.ts';
import type { HostSettings } from '../core/settings.ts';
import type { Time } from '../core/time.ts';
import { jsonMetadata, type CallFunction } from './call.ts';
import type { StoredRecord } from './event/event-store.ts';
import { eventWorker } from './event/event-worker.ts';
import { batchMetadata, recordJson, recordMetadata } from './event/record-json.ts';
import { retentionWorker } from './event/retention.ts';
import type { Plan, PlannedEvent, PlannedQueue, PlannedTimer } from './plan.ts';
import { queueMetadata } from './queue/metadata.ts';
import { QueueWorker } from './queue/queue-worker.ts';
import type { Stores } from './stores.ts';
import { timerWorker } from './timer/timer-worker.ts';

export interface WorkerServices {
  settings: HostSettings;
  stores: Stores;
  call: CallFunction;
  time: Time;
  log: HostLog;
}

/** Everything that starts functions by itself: timers, queues, topics. */
export interface Workers {
  start(): Promise<void>;
  /** Takes nothing new; resolves when what is under way is done. */
  stop(): Promise<void>;
}

export function createWorkers(plan: Plan, services: WorkerServices): Workers {
  const { stores, settings, time, log } = services;
  const queues = plan.queues.map((planned) => queueWorker(planned, services));
  return {
    start: async () => {
      for (const planned of plan.timers) acquireTimer(planned, services);
      for (const planned of plan.events) await acquireTopic(planned, services);
      stores.leases.acquire(
        { name: 'retention' },
        retentionWorker(stores.events, settings.events.retentionMilliseconds, plan.events, time, log),
      );
      await stores.leases.start();
      for (const queue of queues) queue.start();
    },
    stop: async () => {
      await Promise.all([stores.leases.stop(), ...queues.map((queue) => queue.stop())]);
    },
  };
}

function acquireTimer({ fn, trigger, ...timer }: PlannedTimer, { stores, settings, time, call }: WorkerServices): void {
  stores.leases.acquire(
    { name: `timer/${fn.name}` },
    timerWorker({
      ...timer,
      name: fn.name,
      zone: settings.zone,
      store: stores.timers,
      time,
      call: async (payload, retryContext) =>
        void (await call(fn, { name: trigger, data: { json: payload }, ...(retryContext && { retryContext }) })),
    }),
  );
}

async function acquireTopic(
  { fn, trigger, topic, group, isMany, retry }: PlannedEvent,
  { stores, settings, time, log, call }: WorkerServices,
): Promise<void> {
  const partitions = await stores.events.openTopic(topic, settings.events.partitions);
  for (let partition = 0; partition < partitions; partition++) {
    stores.leases.acquire(
      { name: `topic/${group}/${topic}/${partition}`, share: { group: `${group}/${topic}`, slot: partition } },
      eventWorker({
        functionName: fn.name,
        group,
        topic,
        partition,
        isMany,
        retry,
        options: settings.events,
        store: stores.events,
        time,
        log,
        call: async (records, retryContext) =>
          void (await call(fn, {
            name: trigger,
            ...recordData(records, isMany),
            ...(retryContext && { retryContext }),
          })),
      }),
    );
  }
}

const recordData = (records: readonly StoredRecord[], isMany: boolean) => {
  const [first] = records;
  if (isMany || !first)
    return {
      data: { collectionString: { string: records.map(recordJson) } },
      triggerMetadata: jsonMetadata(batchMetadata(records)),
    };
  return { data: { string: recordJson(first) }, triggerMetadata: jsonMetadata(recordMetadata(first)) };
};

const queueWorker = (
  { fn, trigger, queue }: PlannedQueue,
  { stores, settings, time, log, call }: WorkerServices,
): QueueWorker =>
  new QueueWorker({
    functionName: fn.name,
    queue,
    options: settings.queues,
    store: stores.queues,
    time,
    log,
    call: async (message, text) =>
      void (await call(fn, {
        name: trigger,
        data: { string: text },
        triggerMetadata: jsonMetadata(queueMetadata(message, text, time.now())),
      })),
  });
