/** What a caller's transaction offers: a pg client within BEGIN … COMMIT, or anything that queries like one. */
export interface Queryable {
  query(text: string, values: unknown[]): Promise<unknown>;
}

export interface BusRecord {
  topic: string;
  /** Records of one key keep their order. Null: any partition. */
  key: string | null;
  value: string;
  headers?: readonly (readonly [name: string, value: string])[];
}

export interface EventBus {
  /**
   * Appends records to their topics, in order. With `transaction` they appear when it commits and never if it
   * rolls back, which is how an outbox moves to the bus in one commit.
   */
  publish(records: readonly BusRecord[], transaction?: Queryable): Promise<void>;
}

export interface StoredRecord {
  topic: string;
  partition: number;
  offset: number;
  /** Milliseconds since 1970. */
  publishedAt: number;
  key: string | null;
  value: string;
  headers: readonly (readonly [name: string, value: string])[];
}

/** One partition of a topic as one consumer group reads it. */
export interface Subscription {
  group: string;
  topic: string;
  partition: number;
}

/** The embedded bus: topics of ordered partitions, kept for a while, read by groups that remember how far they got. */
export interface EventStore extends EventBus {
  /** Makes the topic where there is none; answers its number of partitions, which never changes. */
  openTopic(topic: string, partitions: number): Promise<number>;
  /** Oldest first. */
  read(topic: string, partition: number, fromOffset: number, most: number): Promise<StoredRecord[]>;
  /** The offset a group goes on from; a new group begins at the oldest record. */
  position(subscription: Subscription): Promise<number>;
  commit(subscription: Subscription, nextOffset: number): Promise<void>;
  /** `notify` is called when the partition may hold new records. */
  onArrival(topic: string, partition: number, notify: () => void): void;
  /** Forgets records older than so many milliseconds that none of the topic's groups given has still to read. */
  forget(olderThan: number, groups: ReadonlyMap<string, readonly string[]>): Promise<number>;
}
