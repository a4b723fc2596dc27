import { DatabaseSync, type StatementSync } from 'node:sqlite';
import { AppError } from '../../shared/kernel/errors/app-error.ts';

/**
 * What the agent has to know again after it was ended, beside the events that wait (those are the journal's): what it
 * saw where, what it has told already, who may report, and what machines are to do. Each part makes the tables it
 * needs. What is written outlives the process; what is written `surely` outlives a power cut as well.
 */
export class Store {
  readonly #db: DatabaseSync;

  constructor(file: string) {
    try {
      // Somebody who looks into it with sqlite3 must not make a write fail.
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

  /** Creates what is missing; called with the same text at every start. */
  make(schema: string): void {
    this.#db.exec(schema);
  }

  prepare(sql: string): StatementSync {
    return this.#db.prepare(sql);
  }

  /** All of it or nothing. */
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

  /** The same, and on the disk itself when it returns: for what somebody is told to rely on. */
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
