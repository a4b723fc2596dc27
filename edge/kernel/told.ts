import { z } from 'zod';
import type { Clock } from '../../shared/kernel/clock.ts';
import type { Store } from './store.ts';

const schema = `
  CREATE TABLE IF NOT EXISTS told (key TEXT PRIMARY KEY, value TEXT NOT NULL, at INTEGER NOT NULL) STRICT;
  CREATE INDEX IF NOT EXISTS told_at ON told (at);`;
const Row = z.object({ value: z.string(), at: z.number() });
const Count = z.object({ count: z.number() });
const forgottenAtOnce = 100;

/**
 * What has been said already and need not be said again so soon. The oldest is forgotten where there is too much of it.
 */
export class Told {
  readonly #store: Store;
  readonly #clock: Clock;
  readonly #limit: number;
  #count: number;

  constructor({ store, clock, limit = 50_000 }: { store: Store; clock: Clock; limit?: number }) {
    store.make(schema);
    this.#store = store;
    this.#clock = clock;
    this.#limit = limit;
    this.#count = Count.parse(store.prepare('SELECT count(*) AS count FROM told').get()).count;
  }

  /** Whether something else was said under this key last, or it was said longer ago than `forMilliseconds`. */
  isNews(key: string, value: string, forMilliseconds: number): boolean {
    const found = this.#store.prepare('SELECT value, at FROM told WHERE key = ?').get(key);
    if (found === undefined) return true;
    const last = Row.parse(found);
    // A clock that was set back must not keep us silent until it has caught up.
    return last.value !== value || Math.abs(this.#clock.now() - last.at) >= forMilliseconds;
  }

  /** It is said now. Call it when the saying is on disk: what is said twice does less harm than what is never said. */
  note(key: string, value: string): void {
    const isNew = this.#store.prepare('SELECT 1 FROM told WHERE key = ?').get(key) === undefined;
    this.#store
      .prepare(
        'INSERT INTO told (key, value, at) VALUES (?, ?, ?) ON CONFLICT (key) DO UPDATE SET value = ' +
          'excluded.value, at = excluded.at',
      )
      .run(key, value, this.#clock.now());
    if (isNew) this.#count += 1;
    if (this.#count > this.#limit)
      this.#count -= Number(
        this.#store
          .prepare('DELETE FROM told WHERE key IN (SELECT key FROM told ORDER BY at LIMIT ?)')
          .run(forgottenAtOnce).changes,
      );
  }
}
