import { DatabaseSync } from 'node:sqlite';
import { z } from 'zod';
import { AppError } from '../../shared/kernel/errors/app-error.ts';

/** Whether a write may begin. `again`: it was begun before. `stale`: a later one at the same controller was begun. */
export type Entry = 'begun' | 'again' | 'stale';

const Row = z.object({ id: z.string(), server: z.string() });
const Fence = z.object({ fence: z.number() });

const schema = `
  CREATE TABLE IF NOT EXISTS command (id TEXT PRIMARY KEY, server TEXT NOT NULL, begun_at INTEGER NOT NULL,
    ended_at INTEGER) STRICT;
  CREATE TABLE IF NOT EXISTS fence (server TEXT PRIMARY KEY, fence INTEGER NOT NULL) STRICT, WITHOUT ROWID;`;

/**
 * Records each write before it begins: whatever happens to the agent, none is begun twice. The file is its own and has
 * one owner process.
 */
export class CommandLedger {
  readonly #db: DatabaseSync;

  constructor(file: string) {
    this.#db = new DatabaseSync(file);
    try {
      // The process holds the lock from its first write until it ends.
      this.#db.exec(
        'PRAGMA locking_mode = EXCLUSIVE; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA ' +
          `cache_size = -256; ${schema} BEGIN IMMEDIATE; COMMIT;`,
      );
    } catch (cause) {
      this.#db.close();
      throw new AppError({
        code: 'edge.folder-taken',
        kind: 'conflict',
        cause,
        publicMessage:
          `${file} cannot be opened. If another agent runs on this folder, end it or give this one a folder ` +
          'of its own; else see that it may be written.',
      });
    }
  }

  /** Records that a write is about to begin. */
  begin({ id, fence, server, now }: { id: string; fence: number; server: string; now: number }): Entry {
    this.#db.exec('BEGIN IMMEDIATE');
    try {
      const entry = this.#enter(id, fence, server, now);
      this.#db.exec('COMMIT');
      return entry;
    } catch (error) {
      if (this.#db.isTransaction) this.#db.exec('ROLLBACK');
      throw error;
    }
  }

  #enter(id: string, fence: number, server: string, now: number): Entry {
    if (this.#db.prepare('SELECT 1 FROM command WHERE id = ?').get(id)) return 'again';
    const known = this.#db.prepare('SELECT fence FROM fence WHERE server = ?').get(server);
    if (known && Fence.parse(known).fence > fence) return 'stale';
    this.#db
      .prepare('INSERT INTO fence VALUES (?, ?) ON CONFLICT (server) DO UPDATE SET fence = excluded.fence')
      .run(server, fence);
    this.#db.prepare('INSERT INTO command (id, server, begun_at) VALUES (?, ?, ?)').run(id, server, now);
    return 'begun';
  }

  /** Call it when the answer is in the journal. */
  end(id: string, now: number): void {
    this.#db.prepare('UPDATE command SET ended_at = ? WHERE id = ?').run(now, id);
  }

  /** Writes that an earlier process began and did not end: their outcome is unknown. */
  brokenOff(): { id: string; server: string }[] {
    return this.#db
      .prepare('SELECT id, server FROM command WHERE ended_at IS NULL')
      .all()
      .map((row) => Row.parse(row));
  }

  /** Deletes commands that ended before that moment. The platform repeats a command for minutes at most. */
  forget(before: number): void {
    this.#db.prepare('DELETE FROM command WHERE ended_at < ?').run(before);
  }

  close(): void {
    this.#db.close();
  }
}
