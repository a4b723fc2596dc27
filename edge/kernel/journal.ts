import { DatabaseSync } from 'node:sqlite';
import { z } from 'zod';
import { assetOf, supersedeKey, type EdgeEvent } from '../../shared/domain/edge/edge.api.ts';
import { AppError } from '../../shared/kernel/errors/app-error.ts';

export interface JournalOptions {
  /** The database file; `:memory:` forgets. */
  file: string;
  /** How much the events may take, in bytes. SQLite needs about a fifth more on disk. */
  maxBytes: number;
}

/** An event that waits for the platform, as it will be sent. */
export interface Entry {
  sequence: number;
  /** Whose event it is; order holds among events of the same asset. */
  asset: string;
  /** As it was written, perhaps by an older release: the platform judges it, not we. */
  event: unknown;
}

export interface Aside {
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
  /** Whether the last event offered had to be turned away. */
  isFull: boolean;
  aside: number;
  /** Older news of an asset given up for newer since the start, because the journal was full. */
  superseded: number;
}

/** A row's own keys, counters and index entries. */
const overheadBytes = 200;
const keptAside = 1000;
const reclaimedAtOnce = 50;

const schema = `
  CREATE TABLE IF NOT EXISTS event (
    sequence INTEGER PRIMARY KEY AUTOINCREMENT, asset TEXT NOT NULL, kind TEXT NOT NULL, at TEXT NOT NULL,
      body TEXT NOT NULL, bytes INTEGER NOT NULL,
    superseded INTEGER NOT NULL DEFAULT 0
  ) STRICT;
  CREATE INDEX IF NOT EXISTS event_newest ON event (asset, kind) WHERE superseded = 0;
  CREATE INDEX IF NOT EXISTS event_superseded ON event (sequence) WHERE superseded = 1;
  CREATE TABLE IF NOT EXISTS aside (sequence INTEGER PRIMARY KEY, body TEXT NOT NULL, bytes INTEGER NOT NULL,
    reason TEXT NOT NULL, at TEXT NOT NULL) STRICT;
  CREATE TABLE IF NOT EXISTS total (only INTEGER PRIMARY KEY CHECK (only = 1), events INTEGER NOT NULL,
    bytes INTEGER NOT NULL, aside INTEGER NOT NULL, last_moment INTEGER NOT NULL) STRICT;
  INSERT INTO total VALUES (1, 0, 0, 0, 0) ON CONFLICT DO NOTHING;
  CREATE TRIGGER IF NOT EXISTS event_added AFTER INSERT ON event BEGIN UPDATE total
    SET events = events + 1, bytes = bytes + NEW.bytes; END;
  CREATE TRIGGER IF NOT EXISTS event_gone AFTER DELETE ON event BEGIN UPDATE total
    SET events = events - 1, bytes = bytes - OLD.bytes; END;
  CREATE TRIGGER IF NOT EXISTS aside_added AFTER INSERT ON aside BEGIN UPDATE total
    SET aside = aside + 1, bytes = bytes + NEW.bytes; END;
  CREATE TRIGGER IF NOT EXISTS aside_gone AFTER DELETE ON aside BEGIN UPDATE total
    SET aside = aside - 1, bytes = bytes - OLD.bytes; END;`;

const EventRow = z.object({ sequence: z.number(), asset: z.string(), body: z.string(), bytes: z.number() });
const AsideRow = z.object({ body: z.string(), reason: z.string(), at: z.string() });
const Total = z.object({ events: z.number(), bytes: z.number(), aside: z.number(), lastMoment: z.number() });
const Moment = z.object({ at: z.string() });

export class JournalFull extends AppError {
  constructor(maxBytes: number) {
    super({
      code: 'edge.journal-full',
      kind: 'no-capacity',
      publicMessage:
        `The journal is full (${maxBytes} bytes of events that only the platform can take). Bring the link ` +
        'back, or give it more room.',
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
 * What the datacenter saw and the platform has not taken yet, on disk, in the order it was seen. An append
 * answers when the disk has it, so that neither a crash nor a power cut loses what was acknowledged; appends of
 * the same turn share one write. Room is bounded: when it runs out, the oldest news that newer news of the same
 * asset and kind has overtaken is given up; when there is none, nothing more is taken.
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
    this.#readTotal = this.#db.prepare('SELECT events, bytes, aside, last_moment AS "lastMoment" FROM total');
    this.#lastMoment = this.#total().lastMoment;
  }

  /**
   * The moment for an event seen at `now`: later than that of every event before it, also when the machine's
   * clock was set back, so that the platform can tell older news from newer.
   */
  momentFor(now: number): number {
    this.#lastMoment = Math.max(now, this.#lastMoment + 1);
    return this.#lastMoment;
  }

  /** Resolves when the event is on disk. Rejects with JournalFull, or with what the disk said. */
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

  /** The platform has them: they need not be kept. */
  acknowledge(sequences: readonly number[]): void {
    this.#transaction(() =>
      this.#db
        .prepare('DELETE FROM event WHERE sequence IN (SELECT value FROM json_each(?))')
        .run(JSON.stringify(sequences)),
    );
    this.#isFull = false;
  }

  /** Takes an event that the platform will never take out of the way of the others, and keeps it with the reason. */
  deadLetter(sequence: number, reason: string, at: string): void {
    this.#transaction(() => {
      this.#db
        .prepare(
          'INSERT INTO aside (sequence, body, bytes, reason, at) SELECT sequence, body, bytes, ?, ? FROM ' +
            'event WHERE sequence = ?',
        )
        .run(reason.slice(0, 1000), at, sequence);
      this.#db.prepare('DELETE FROM event WHERE sequence = ?').run(sequence);
      this.#db
        .prepare(
          'DELETE FROM aside WHERE sequence <= (SELECT max(sequence) FROM (SELECT sequence FROM aside ' +
            'ORDER BY sequence DESC LIMIT -1 OFFSET ?))',
        )
        .run(keptAside);
    });
  }

  /** What was put aside last, newest first. */
  aside(limit: number): Aside[] {
    return this.#db
      .prepare('SELECT body, reason, at FROM aside ORDER BY sequence DESC LIMIT ?')
      .all(limit)
      .map((found) => {
        const { body, ...rest } = AsideRow.parse(found);
        return { event: JSON.parse(body) as unknown, ...rest };
      });
  }

  status(): JournalStatus {
    const oldest = this.#db.prepare('SELECT at FROM event ORDER BY sequence LIMIT 1').get();
    const { events, bytes, aside } = this.#total();
    return {
      events,
      bytes,
      maxBytes: this.#maxBytes,
      oldestAt: oldest ? Moment.parse(oldest).at : null,
      isFull: this.#isFull,
      aside,
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
    this.#isFull = !this.#makeRoom(bytes);
    if (this.#isFull) {
      // It did not come in after all: what it would have overtaken is the newest again.
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

  #makeRoom(bytes: number): boolean {
    const isRoom = () => this.#total().bytes + bytes <= this.#maxBytes;
    if (bytes > this.#maxBytes) return false;
    while (!isRoom() && this.#giveUp('event', 'superseded = 1'));
    while (!isRoom() && this.#giveUp('aside', 'true'));
    return isRoom();
  }

  /** Deletes some of the oldest rows. Answers whether there were any. */
  #giveUp(table: 'event' | 'aside', which: string): boolean {
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
      this.#db.prepare('UPDATE total SET last_moment = ?').run(this.#lastMoment);
      this.#db.exec('COMMIT');
      return result;
    } catch (error) {
      // The disk may have refused even the beginning of the write: then there is nothing to take back.
      if (this.#db.isTransaction) this.#db.exec('ROLLBACK');
      throw error;
    }
  }

  #total(): z.infer<typeof Total> {
    return Total.parse(this.#readTotal.get());
  }
}
