/**
 * Which sessions are open at which BMC, told to whoever can remember it for longer than this process lives: a
 * session that a killed process has left behind is ended at the next login. BMCs keep few.
 */
export interface OpenSessions {
  opened(address: string, path: string): void | Promise<void>;
  closed(address: string, path: string): void | Promise<void>;
  /** Those that were opened there and not closed, also by an earlier process. */
  stale(address: string): readonly string[] | Promise<readonly string[]>;
}

/** Remembers as long as the process lives: enough for a session whose end could not be told the BMC. */
export function openSessionsInMemory(): OpenSessions {
  const open = new Map<string, Set<string>>();
  return {
    opened: (address, path) => void open.set(address, (open.get(address) ?? new Set()).add(path)),
    closed: (address, path) => {
      open.get(address)?.delete(path);
      if (open.get(address)?.size === 0) open.delete(address);
    },
    stale: (address) => [...(open.get(address) ?? [])],
  };
}
