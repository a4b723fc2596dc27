import { createHash } from 'node:crypto';
import type { Time } from '../../core/time.ts';
import type { BusRecord, EventStore, StoredRecord, Subscription } from './event-store.ts';

interface Partition {
  records: StoredRecord[];
  nextOffset: number;
  listeners: (() => void)[];
}

/** The bus of a host without a database. */
export function createMemoryEventStore(time: Time, partitionsPerTopic = 8): EventStore {
  const topics = new Map<string, Partition[]>();
  const positions = new Map<string, number>();
  const positionKey = ({ group, topic, partition }: Subscription) => JSON.stringify([group, topic, partition]);
  let keyless = 0;

  const open = (topic: string, count: number): Partition[] => {
    const partitions =
      topics.get(topic) ?? Array.from({ length: count }, () => ({ records: [], nextOffset: 0, listeners: [] }));
    topics.set(topic, partitions);
    return partitions;
  };
  const partitionOf = (topic: string, partition: number): Partition => {
    const found = open(topic, partitionsPerTopic)[partition];
    if (!found) throw new Error(`Topic '${topic}' has no partition ${partition}.`);
    return found;
  };
  const append = ({ topic, key, value, headers = [] }: BusRecord): Partition => {
    const count = open(topic, partitionsPerTopic).length;
    const number = key === null ? keyless++ % count : createHash('md5').update(key).digest().readUInt32BE() % count;
    const partition = partitionOf(topic, number);
    partition.records.push({
      topic,
      partition: number,
      offset: partition.nextOffset++,
      publishedAt: time.now(),
      key,
      value,
      headers,
    });
    return partition;
  };

  return {
    publish: async (records) => {
      for (const partition of new Set(records.map(append))) partition.listeners.forEach((notify) => notify());
    },
    openTopic: async (topic, partitions) => open(topic, partitions).length,
    read: async (topic, partition, fromOffset, most) =>
      partitionOf(topic, partition)
        .records.filter(({ offset }) => offset >= fromOffset)
        .slice(0, most),
    position: async (subscription) => positions.get(positionKey(subscription)) ?? 0,
    commit: async (subscription, nextOffset) => void positions.set(positionKey(subscription), nextOffset),
    onArrival: (topic, partition, notify) => void partitionOf(topic, partition).listeners.push(notify),
    forget: async (olderThan, groups) => {
      let forgotten = 0;
      for (const [topic, partitions] of topics) {
        partitions.forEach((partition, number) => {
          const read = Math.min(
            Number.POSITIVE_INFINITY,
            ...(groups.get(topic) ?? []).map(
              (group) => positions.get(positionKey({ group, topic, partition: number })) ?? 0,
            ),
          );
          const kept = partition.records.filter(
            ({ offset, publishedAt }) => publishedAt >= time.now() - olderThan || offset >= read,
          );
          forgotten += partition.records.length - kept.length;
          partition.records = kept;
        });
      }
      return forgotten;
    },
  };
}
