import { z } from 'zod';
import type { OpenSessions } from '../../shared/adapters/redfish/open-sessions.ts';
import { type Clock } from '../../shared/kernel/clock.ts';
import { days } from '../../shared/kernel/durations.ts';
import type { Store } from '../kernel/store.ts';

const schema =
  'CREATE TABLE IF NOT EXISTS bmc_session (address TEXT NOT NULL, path TEXT NOT NULL, at INTEGER NOT NULL, ' +
  'PRIMARY KEY (address, path)) STRICT';
const Row = z.object({ path: z.string() });
/** By then the controller has ended the session itself. */
const keeps = days(30);

/** The open sessions at each controller, on disk: what a killed agent left open is ended at the next login. */
export function openSessionsIn(store: Store, clock: Clock): OpenSessions {
  store.make(schema);
  store.prepare('DELETE FROM bmc_session WHERE at < ?').run(clock.now() - keeps);
  return {
    opened: (address, path) =>
      void store
        .prepare(
          'INSERT INTO bmc_session (address, path, at) VALUES (?, ?, ?) ON CONFLICT (address, path) DO ' +
            'UPDATE SET at = excluded.at',
        )
        .run(address, path, clock.now()),
    closed: (address, path) =>
      void store.prepare('DELETE FROM bmc_session WHERE address = ? AND path = ?').run(address, path),
    stale: (address) =>
      store
        .prepare('SELECT path FROM bmc_session WHERE address = ?')
        .all(address)
        .map((found) => Row.parse(found).path),
  };
}
