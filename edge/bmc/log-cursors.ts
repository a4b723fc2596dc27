import { z } from 'zod';
import { type Clock } from '../../shared/kernel/clock.ts';
import { days } from '../../shared/kernel/durations.ts';
import type { Store } from '../kernel/store.ts';

const schema =
  'CREATE TABLE IF NOT EXISTS bmc_log_cursor (server_id TEXT PRIMARY KEY, cursor TEXT NOT NULL, at INTEGER ' +
  'NOT NULL) STRICT';
const Row = z.object({ cursor: z.string() });
/** A position that has not moved for so long is dropped. */
const keeps = days(90);

/** How far the log of each controller was read and reported: after a restart nothing is reported twice. */
export class LogCursors {
  readonly #store: Store;
  readonly #clock: Clock;

  constructor(store: Store, clock: Clock) {
    store.make(schema);
    store.prepare('DELETE FROM bmc_log_cursor WHERE at < ?').run(clock.now() - keeps);
    this.#store = store;
    this.#clock = clock;
  }

  of(serverId: string): string | undefined {
    const found = this.#store.prepare('SELECT cursor FROM bmc_log_cursor WHERE server_id = ?').get(serverId);
    return found && Row.parse(found).cursor;
  }

  /** Call it when the entries up to there are on disk: entries reported twice do less harm than entries lost. */
  keep(serverId: string, cursor: string): void {
    this.#store
      .prepare(
        'INSERT INTO bmc_log_cursor (server_id, cursor, at) VALUES (?, ?, ?) ON CONFLICT (server_id) DO ' +
          'UPDATE SET cursor = excluded.cursor, at = excluded.at',
      )
      .run(serverId, cursor, this.#clock.now());
  }
}
