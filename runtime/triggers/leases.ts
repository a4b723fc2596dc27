/**
 * The right to do work that one replica at a time may do: a timer, a partition of a topic for a consumer group.
 * Whoever holds a lease does the work until told to release it; when a replica dies its leases are free at once.
 */
export interface Lease {
  /** Names the work for all replicas. */
  name: string;
  /**
   * Leases with a share are spread evenly over the replicas that are candidates for the same group. Without one, a
   * lease stays where it is until its holder goes.
   */
  share?: { group: string; slot: number };
}

/**
 * Does the work. `signal` aborts when the lease is to be released or was lost: finish what is in flight and
 * return; only then may another replica begin. Write down how far the work got only while `isOurs`: once the
 * lease is lost others have taken over. An error is logged and the lease acquired again.
 */
export type LeaseHandler = (signal: AbortSignal, isOurs: () => boolean) => Promise<void>;

export interface Leases {
  /** Runs the handler whenever this replica holds the lease. Before `start` only. */
  acquire(lease: Lease, handler: LeaseHandler): void;
  start(): Promise<void>;
  /** Releases everything; resolves when all work has returned. */
  stop(): Promise<void>;
}
