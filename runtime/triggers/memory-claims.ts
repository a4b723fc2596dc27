import type { HostLog } from '../core/log.ts';
import type { Claim, Claims, Hold } from './claims.ts';

/** A host without a database is alone: it holds every claim. */
export function createMemoryClaims(log: HostLog): Claims {
  const holds: { claim: Claim; hold: Hold }[] = [];
  const stopping = new AbortController();
  let working: Promise<unknown> = Promise.resolve();
  return {
    compete: (claim, hold) => void holds.push({ claim, hold }),
    start: async () => {
      working = Promise.all(
        holds.map(({ claim, hold }) =>
          hold(stopping.signal, () => true).catch((error: unknown) =>
            log.error({ err: error, claim: claim.name }, 'work under a claim failed'),
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
