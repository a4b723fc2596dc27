export interface QueueMessage {
  id: string;
  queue: string;
  /** As stored, still encoded. */
  body: string;
  /** How often it has been taken, this time included. */
  dequeueCount: number;
  /** Milliseconds since 1970. */
  insertedAt: number;
}

export interface Received {
  messages: QueueMessage[];
  /** When nothing is visible yet: milliseconds until the next message will be. */
  nextVisibleIn?: number;
}

/**
 * Queues with at-least-once delivery. A received message belongs to this replica until it is removed, returned
 * or moved; should the replica die, others find it again. What was taken over in the meantime is no longer ours:
 * the three endings then do nothing.
 */
export interface QueueStore {
  send(queue: string, bodies: readonly string[]): Promise<void>;
  receive(queue: string, most: number): Promise<Received>;
  remove(message: QueueMessage): Promise<void>;
  /** Shows it again after so many milliseconds. */
  giveBack(message: QueueMessage, visibleIn: number): Promise<void>;
  /** To the end of another queue, its count begun anew. */
  move(message: QueueMessage, queue: string): Promise<void>;
  /** `notify` is called when messages may have become visible. */
  onArrival(queue: string, notify: () => void): void;
}
