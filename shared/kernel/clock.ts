/** Where time comes from: the machine in service, a commanded one in tests. */
export interface Clock {
  /** Milliseconds since 1970, UTC. */
  now(): number;
}

export const systemClock: Clock = { now: () => Date.now() };

export const isoTime = (milliseconds: number): string => new Date(milliseconds).toISOString();
