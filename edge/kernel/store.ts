import { DatabaseSync, type StatementSync } from 'node:sqlite';
import { AppError } from '../../shared/kernel/errors/app-error.ts';

/**
 * What the agent must still know after a restart, beside the events in the journal: observations, what was reported,
 * boot tokens, jobs. Each part creates its own tables. A write outlives the process; one made with `surely` outlives a
 * power cut.
 */
export class Store {
  readonly #db: DatabaseSync;

  constructor(file: string) {
    try {
      // A person who reads the file with sqlite3 must not make a write fail.
      this.#db = new DatabaseSync(file, { timeout: 2000 });
      this.#db.exec(
        'PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA cache_size = -512; PRAGMA ' +
          'journal_size_limit = 4194304',
      );
    } catch (cause) {
      throw new AppError({
        code: 'edge.store-unreadable',
        kind: 'unavailable',
        cause,
        publicMessage:
          `The agent's memory in ${file} cannot be opened. If the file is damaged, move it away and start ` +
          'again: leases, observations and boots are learned anew, and jobs are fetched from the platform ' +
          'again.',
      });
    }
  }

  /** Creates missing tables; called with the same text at every start. */
  make(schema: string): void {
    this.#db.exec(schema);
  }

  prepare(sql: string): StatementSync {
    return this.#db.prepare(sql);
  }

  /** Runs `work` in a transaction. */
  atomically<T>(work: () => T): T {
    this.#db.exec('BEGIN IMMEDIATE');
    try {
      const result = work();
      this.#db.exec('COMMIT');
      return result;
    } catch (error) {
      if (this.#db.isTransaction) this.#db.exec('ROLLBACK');
      throw error;
    }
  }

  /** The same, and on disk when it returns: for what others rely on. */
  surely<T>(work: () => T): T {
    this.#db.exec('PRAGMA synchronous = FULL');
    try {
      return this.atomically(work);
    } finally {
      this.#db.exec('PRAGMA synchronous = NORMAL');
    }
  }

  close(): void {
    this.#db.close();
  }
}
