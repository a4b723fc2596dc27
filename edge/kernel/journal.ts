import { DatabaseSync } from 'node:sqlite';
import { z } from 'zod';
import { assetOf, supersedeKey, type EdgeEvent } from '../../shared/domain/edge/edge.api.ts';
import { AppError } from '../../shared/kernel/errors/app-error.ts';

export interface JournalOptions {
  /** The database file; `:memory:` keeps nothing. */
  file: string;
  /** The limit for all events, in bytes. On disk SQLite takes about a fifth more. */
  maxBytes: number;
}

/** An event that waits for the platform, as it will be sent. */
export interface Entry {
  sequence: number;
  /** Events of the same asset stay in order. */
  asset: string;
  /** As it was written, perhaps by an older release: the platform validates it. */
  event: unknown;
}

export interface DeadLetter {
  event: unknown;
  reason: string;
  at: string;
}

export interface JournalStatus {
  events: number;
  bytes: number;
  maxBytes: number;
  /** When the oldest waiting event was seen; null where none waits. */
  oldestAt: string | null;
  /** Whether the last event was rejected for want of space. */
  isFull: boolean;
  deadLetters: number;
  /** Superseded events that were dropped since the start because the journal was full. */
  superseded: number;
}

/** What a row takes beside its event: keys, counters, index entries. */
const overheadBytes = 200;
const keptDeadLetters = 1000;
const reclaimedAtOnce = 50;

const schema = `
  CREATE TABLE IF NOT EXISTS event (
    sequence INTEGER PRIMARY KEY AUTOINCREMENT, asset TEXT NOT NULL, kind TEXT NOT NULL, at TEXT NOT NULL,
      body TEXT NOT NULL, bytes INTEGER NOT NULL,
    superseded INTEGER NOT NULL DEFAULT 0
  ) STRICT;
  CREATE INDEX IF NOT EXISTS event_newest ON event (asset, kind) WHERE superseded = 0;
  CREATE INDEX IF NOT EXISTS event_superseded ON event (sequence) WHERE superseded = 1;
  CREATE TABLE IF NOT EXISTS dead_letter (sequence INTEGER PRIMARY KEY, body TEXT NOT NULL, bytes INTEGER NOT NULL,
    reason TEXT NOT NULL, at TEXT NOT NULL) STRICT;
  CREATE TABLE IF NOT EXISTS totals (only INTEGER PRIMARY KEY CHECK (only = 1), events INTEGER NOT NULL,
    bytes INTEGER NOT NULL, dead_letters INTEGER NOT NULL, last_moment INTEGER NOT NULL) STRICT;
  INSERT INTO totals SELECT 1, count(*), coalesce(sum(bytes), 0), 0, 0 FROM event WHERE true ON CONFLICT DO NOTHING;
  CREATE TRIGGER IF NOT EXISTS event_inserted AFTER INSERT ON event BEGIN UPDATE totals
    SET events = events + 1, bytes = bytes + NEW.bytes; END;
  CREATE TRIGGER IF NOT EXISTS event_deleted AFTER DELETE ON event BEGIN UPDATE totals
    SET events = events - 1, bytes = bytes - OLD.bytes; END;
  CREATE TRIGGER IF NOT EXISTS dead_letter_inserted AFTER INSERT ON dead_letter BEGIN UPDATE totals
    SET dead_letters = dead_letters + 1, bytes = bytes + NEW.bytes; END;
  CREATE TRIGGER IF NOT EXISTS dead_letter_deleted AFTER DELETE ON dead_letter BEGIN UPDATE totals
    SET dead_letters = dead_letters - 1, bytes = bytes - OLD.bytes; END;`;

const EventRow = z.object({ sequence: z.number(), asset: z.string(), body: z.string(), bytes: z.number() });
const DeadLetterRow = z.object({ body: z.string(), reason: z.string(), at: z.string() });
const Total = z.object({ events: z.number(), bytes: z.number(), deadLetters: z.number(), lastMoment: z.number() });
const Moment = z.object({ at: z.string() });

export class JournalFull extends AppError {
  constructor(maxBytes: number) {
    super({
      code: 'edge.journal-full',
      kind: 'no-capacity',
      publicMessage:
        `The journal is full: ${maxBytes} bytes of events wait for the platform. Restore the connection to ` +
        'the platform, or raise EDGE_JOURNAL_MEGABYTES.',
      retryAfterSeconds: 10,
    });
  }
}

interface Waiting {
  event: EdgeEvent;
  resolve: () => void;
  reject: (error: unknown) => void;
}

/**
 * Events that the platform has not accepted yet, on disk, in order. `append` resolves when the event is on disk, so
 * that neither a crash nor a power cut loses it; events appended in the same turn of the event loop share one write.
 * The size is limited: when space runs out, the oldest superseded events are dropped, then the oldest dead letters;
 * when there are none left, new events are rejected.
 */
export class Journal {
  readonly #db: DatabaseSync;
  readonly #maxBytes: number;
  readonly #insert;
  readonly #supersede;
  readonly #oldest;
  readonly #readTotal;
  #waiting: Waiting[] = [];
  #lastMoment: number;
  #superseded = 0;
  #isFull = false;

  constructor({ file, maxBytes }: JournalOptions) {
    this.#maxBytes = maxBytes;
    this.#db = new DatabaseSync(file);
    this.#db.exec(
      'PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA cache_size = -512; PRAGMA ' +
        `journal_size_limit = 4194304; ${schema}`,
    );
    this.#insert = this.#db.prepare('INSERT INTO event (asset, kind, at, body, bytes) VALUES (?, ?, ?, ?, ?)');
    this.#supersede = this.#db.prepare(
      'UPDATE event SET superseded = 1 WHERE asset = ? AND kind = ? AND superseded = 0',
    );
    this.#oldest = this.#db.prepare('SELECT sequence, asset, body, bytes FROM event ORDER BY sequence');
    this.#readTotal = this.#db.prepare(
      'SELECT events, bytes, dead_letters AS "deadLetters", last_moment AS "lastMoment" FROM totals',
    );
    this.#lastMoment = this.#total().lastMoment;
  }

  /**
   * The timestamp for an event observed at `now`: later than that of every earlier event, even when the machine's clock
   * was set back, so that the platform can order them.
   */
  momentFor(now: number): number {
    this.#lastMoment = Math.max(now, this.#lastMoment + 1);
    return this.#lastMoment;
  }

  /** Resolves when the event is on disk. Rejects with JournalFull, or with the error of the disk. */
  append(event: EdgeEvent): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ event, resolve, reject });
      if (this.#waiting.length === 1) setImmediate(() => this.#commit());
    });
  }

  /** The oldest events of assets that are not `busy`, in order. */
  next({ limit, maxBytes, busy }: { limit: number; maxBytes: number; busy: ReadonlySet<string> }): Entry[] {
    const taken: Entry[] = [];
    let size = 0;
    for (const found of this.#oldest.iterate()) {
      const { sequence, asset, body, bytes } = EventRow.parse(found);
      if (busy.has(asset)) continue;
      size += bytes;
      if (taken.length > 0 && size > maxBytes) break;
      taken.push({ sequence, asset, event: JSON.parse(body) });
      if (taken.length === limit) break;
    }
    return taken;
  }

  /** Deletes events that the platform has accepted. */
  acknowledge(sequences: readonly number[]): void {
    this.#transaction(() =>
      this.#db
        .prepare('DELETE FROM event WHERE sequence IN (SELECT value FROM json_each(?))')
        .run(JSON.stringify(sequences)),
    );
    this.#isFull = false;
  }

  /** Moves an event that the platform refuses to the dead letters, with the reason. */
  deadLetter(sequence: number, reason: string, at: string): void {
    this.#transaction(() => {
      this.#db
        .prepare(
          'INSERT INTO dead_letter (sequence, body, bytes, reason, at) SELECT sequence, body, bytes, ?, ? FROM ' +
            'event WHERE sequence = ?',
        )
        .run(reason.slice(0, 1000), at, sequence);
      this.#db.prepare('DELETE FROM event WHERE sequence = ?').run(sequence);
      this.#db
        .prepare(
          'DELETE FROM dead_letter WHERE sequence <= (SELECT max(sequence) FROM (SELECT sequence FROM dead_letter ' +
            'ORDER BY sequence DESC LIMIT -1 OFFSET ?))',
        )
        .run(keptDeadLetters);
    });
  }

  /** The latest dead letters, newest first. */
  deadLetters(limit: number): DeadLetter[] {
    return this.#db
      .prepare('SELECT body, reason, at FROM dead_letter ORDER BY sequence DESC LIMIT ?')
      .all(limit)
      .map((found) => {
        const { body, ...rest } = DeadLetterRow.parse(found);
        return { event: JSON.parse(body) as unknown, ...rest };
      });
  }

  status(): JournalStatus {
    const oldest = this.#db.prepare('SELECT at FROM event ORDER BY sequence LIMIT 1').get();
    const { events, bytes, deadLetters } = this.#total();
    return {
      events,
      bytes,
      maxBytes: this.#maxBytes,
      oldestAt: oldest ? Moment.parse(oldest).at : null,
      isFull: this.#isFull,
      deadLetters,
      superseded: this.#superseded,
    };
  }

  close(): void {
    this.#commit();
    this.#db.close();
  }

  #commit(): void {
    const batch = this.#waiting;
    this.#waiting = [];
    if (batch.length === 0) return;
    try {
      const isTaken = this.#transaction(() => batch.map(({ event }) => this.#write(event)));
      batch.forEach(({ resolve, reject }, index) =>
        isTaken[index] ? resolve() : reject(new JournalFull(this.#maxBytes)),
      );
    } catch (error) {
      for (const { reject } of batch) reject(error);
    }
  }

  #write(event: EdgeEvent): boolean {
    const body = JSON.stringify(event);
    const bytes = Buffer.byteLength(body) + overheadBytes;
    const [asset, key] = [assetOf(event), supersedeKey(event)];
    this.#supersede.run(asset, key);
    this.#isFull = !this.#makeSpace(bytes);
    if (this.#isFull) {
      // The event was not stored, so what it would have superseded is the newest again.
      this.#db
        .prepare(
          'UPDATE event SET superseded = 0 WHERE sequence = (SELECT max(sequence) FROM event WHERE asset = ' +
            '? AND kind = ?)',
        )
        .run(asset, key);
      return false;
    }
    this.#insert.run(asset, key, event.at, body, bytes);
    return true;
  }

  #makeSpace(bytes: number): boolean {
    const hasSpace = () => this.#total().bytes + bytes <= this.#maxBytes;
    if (bytes > this.#maxBytes) return false;
    while (!hasSpace() && this.#drop('event', 'superseded = 1'));
    while (!hasSpace() && this.#drop('dead_letter', 'true'));
    return hasSpace();
  }

  /** Deletes some of the oldest rows. Answers whether there were any. */
  #drop(table: 'event' | 'dead_letter', which: string): boolean {
    const changes = Number(
      this.#db
        .prepare(
          `DELETE FROM ${table} WHERE sequence IN (SELECT sequence FROM ${table} WHERE ${which} ORDER BY sequence
            LIMIT ?)`,
        )
        .run(reclaimedAtOnce).changes,
    );
    if (table === 'event') this.#superseded += changes;
    return changes > 0;
  }

  #transaction<T>(work: () => T): T {
    this.#db.exec('BEGIN IMMEDIATE');
    try {
      const result = work();
      this.#db.prepare('UPDATE totals SET last_moment = ?').run(this.#lastMoment);
      this.#db.exec('COMMIT');
      return result;
    } catch (error) {
      // The disk may have failed at BEGIN already: then there is nothing to roll back.
      if (this.#db.isTransaction) this.#db.exec('ROLLBACK');
      throw error;
    }
  }

  #total(): z.infer<typeof Total> {
    return Total.parse(this.#readTotal.get());
  }
}
