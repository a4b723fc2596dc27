/**
 * Work that one replica at a time may do: a timer, a partition of a topic for a consumer group. Whoever holds a
 * claim does the work until told to let go; when a replica dies its claims are free at once.
 */
export interface Claim {
  /** Names the work for all replicas. */
  name: string;
  /**
   * Claims with a share are spread evenly over the replicas that compete for the same group. Without one, a
   * claim stays where it is until its holder goes.
   */
  share?: { group: string; slot: number };
}

/**
 * Does the work. `signal` aborts when the claim is to be let go or was lost: finish what is under way and
 * return; only then may another replica begin. Write down how far the work got only while `isOurs`: once the
 * claim is lost others have taken over. An error is logged and the claim competed for again.
 */
export type Hold = (signal: AbortSignal, isOurs: () => boolean) => Promise<void>;

export interface Claims {
  /** Before `start` only. */
  compete(claim: Claim, hold: Hold): void;
  start(): Promise<void>;
  /** Lets everything go; resolves when all work has returned. */
  stop(): Promise<void>;
}
