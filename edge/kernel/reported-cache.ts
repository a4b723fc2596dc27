import { z } from 'zod';
import type { Clock } from '../../shared/kernel/clock.ts';
import type { Store } from './store.ts';

const schema = `
  CREATE TABLE IF NOT EXISTS reported (key TEXT PRIMARY KEY, value TEXT NOT NULL, at INTEGER NOT NULL) STRICT;
  CREATE INDEX IF NOT EXISTS reported_at ON reported (at);`;
const Row = z.object({ value: z.string(), at: z.number() });
const Count = z.object({ count: z.number() });
const evictedAtOnce = 100;

/**
 * What was reported to the platform lately, by key, so that the same is not reported again too soon. Kept across
 * restarts. Above `limit` entries the oldest are evicted.
 */
export class ReportedCache {
  readonly #store: Store;
  readonly #clock: Clock;
  readonly #limit: number;
  #count: number;

  constructor({ store, clock, limit = 50_000 }: { store: Store; clock: Clock; limit?: number }) {
    store.make(schema);
    this.#store = store;
    this.#clock = clock;
    this.#limit = limit;
    this.#count = Count.parse(store.prepare('SELECT count(*) AS count FROM reported').get()).count;
  }

  /** Whether another value was reported under this key last, or the same longer than `forMilliseconds` ago. */
  isDue(key: string, value: string, forMilliseconds: number): boolean {
    const found = this.#store.prepare('SELECT value, at FROM reported WHERE key = ?').get(key);
    if (found === undefined) return true;
    const last = Row.parse(found);
    // A clock that was set back must not suppress reports until it has caught up.
    return last.value !== value || Math.abs(this.#clock.now() - last.at) >= forMilliseconds;
  }

  /** Call it once the report is on disk: a report that is sent twice does less harm than one that is never sent. */
  record(key: string, value: string): void {
    const isNew = this.#store.prepare('SELECT 1 FROM reported WHERE key = ?').get(key) === undefined;
    this.#store
      .prepare(
        'INSERT INTO reported (key, value, at) VALUES (?, ?, ?) ON CONFLICT (key) DO UPDATE SET value = ' +
          'excluded.value, at = excluded.at',
      )
      .run(key, value, this.#clock.now());
    if (isNew) this.#count += 1;
    if (this.#count > this.#limit)
      this.#count -= Number(
        this.#store
          .prepare('DELETE FROM reported WHERE key IN (SELECT key FROM reported ORDER BY at LIMIT ?)')
          .run(evictedAtOnce).changes,
      );
  }
}
