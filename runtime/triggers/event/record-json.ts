import type { StoredRecord } from './event-store.ts';

/** A record as the Kafka extension hands it to a function with `dataType: 'string'`. */
export const recordJson = ({ offset, partition, topic, publishedAt, value, key, headers }: StoredRecord): string =>
  JSON.stringify({
    Offset: offset,
    Partition: partition,
    Topic: topic,
    Timestamp: new Date(publishedAt).toISOString(),
    Value: value,
    Key: key,
    Headers: headersOf(headers),
    LeaderEpoch: null,
    IsPartitionEOF: false,
  });

const headersOf = (headers: StoredRecord['headers']) =>
  headers.map(([name, text]) => ({ Key: name, Value: Buffer.from(text).toString('base64') }));

/** What is told beside one record (cardinality ONE), as JSON texts by name. */
export function recordMetadata(record: StoredRecord): Record<string, string> {
  return Object.fromEntries(Object.entries(facts(record)).map(([name, value]) => [name, JSON.stringify(value)]));
}

/** What is told beside a batch (cardinality MANY): each fact as an array. */
export function batchMetadata(records: readonly StoredRecord[]): Record<string, string> {
  const all = records.map(facts);
  const names: (keyof ReturnType<typeof facts>)[] = ['Key', 'Partition', 'Topic', 'Timestamp', 'Offset', 'Headers'];
  return Object.fromEntries(names.map((name) => [`${name}Array`, JSON.stringify(all.map((each) => each[name]))]));
}

const facts = ({ key, partition, topic, publishedAt, offset, headers }: StoredRecord) => ({
  Key: key,
  Partition: partition,
  Topic: topic,
  Timestamp: new Date(publishedAt).toISOString(),
  Offset: offset,
  Headers: headersOf(headers),
});
