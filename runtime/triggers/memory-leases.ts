import type { HostLog } from '../core/log.ts';
import type { Lease, Leases, LeaseHandler } from './leases.ts';

/** A host without a database is alone: it holds every lease. */
export function createMemoryLeases(log: HostLog): Leases {
  const handlers: { lease: Lease; handler: LeaseHandler }[] = [];
  const stopping = new AbortController();
  let working: Promise<unknown> = Promise.resolve();
  return {
    acquire: (lease, handler) => void handlers.push({ lease, handler }),
    start: async () => {
      working = Promise.all(
        handlers.map(({ lease, handler }) =>
          handler(stopping.signal, () => true).catch((error: unknown) =>
            log.error({ err: error, lease: lease.name }, 'work under a lease failed'),
          ),
        ),
      );
    },
    stop: async () => {
      stopping.abort();
      await working;
    },
  };
}
