/** When a timer ran and will run, in milliseconds since 1970. */
export interface TimerStatus {
  /** Null: never yet. */
  last: number | null;
  next: number;
  /** The moment `next` was computed from when the timer has never run. */
  lastUpdated: number;
}

/** Remembers schedules across restarts, so that a missed run is noticed. */
export interface TimerStore {
  load(name: string): Promise<TimerStatus | undefined>;
  save(name: string, status: TimerStatus): Promise<void>;
}

export function createMemoryTimerStore(): TimerStore {
  const statuses = new Map<string, TimerStatus>();
  return {
    load: async (name) => statuses.get(name),
    save: async (name, status) => void statuses.set(name, status),
  };
}
