import { z } from 'zod';
import type { Store } from '../kernel/store.ts';

/** The last lease of a MAC, and what was told of it. */
export interface KnownLease {
  mac: string;
  address: string;
  circuitId: string | undefined;
  port: number | undefined;
  vendorClass: string | undefined;
  hostname: string | undefined;
  /** When the client was last heard, milliseconds since 1970. */
  at: number;
  /** Whether nobody expected it then. */
  isStranger: boolean;
  /** What was told last; empty where nothing was. */
  told: string;
  toldAt: number;
}

const schema = `
  CREATE TABLE IF NOT EXISTS lease (
    mac TEXT PRIMARY KEY, address TEXT NOT NULL, circuit TEXT, port INTEGER, vendor_class TEXT, hostname TEXT,
      at INTEGER NOT NULL, is_stranger INTEGER NOT NULL, told TEXT NOT NULL, told_at INTEGER NOT NULL
  ) STRICT;
  CREATE INDEX IF NOT EXISTS lease_at ON lease (at);
  CREATE INDEX IF NOT EXISTS lease_stranger ON lease (at) WHERE is_stranger = 1;`;
const optional = <S extends z.ZodType>(of: S) => of.nullable().transform((value) => value ?? undefined);
const Row = z.object({
  mac: z.string(),
  address: z.string(),
  circuitId: optional(z.string()),
  port: optional(z.number()),
  vendorClass: optional(z.string()),
  hostname: optional(z.string()),
  at: z.number(),
  isStranger: z.number().transform((flag) => flag === 1),
  told: z.string(),
  toldAt: z.number(),
});
const columns =
  'mac, address, circuit AS "circuitId", port, vendor_class AS "vendorClass", hostname, at, is_stranger AS ' +
  '"isStranger", told, told_at AS "toldAt"';
const Count = z.object({ count: z.number() });
const forgottenAtOnce = 100;

/**
 * The newest lease of each machine, across restarts. Machines not heard for longest are forgotten where there are too
 * many.
 */
export class LeaseMemory {
  readonly #store: Store;
  readonly #limit: number;
  #count: number;

  constructor(store: Store, limit = 50_000) {
    store.make(schema);
    this.#store = store;
    this.#limit = limit;
    this.#count = Count.parse(store.prepare('SELECT count(*) AS count FROM lease').get()).count;
  }

  of(mac: string): KnownLease | undefined {
    const found = this.#store.prepare(`SELECT ${columns} FROM lease WHERE mac = ?`).get(mac);
    return found && Row.parse(found);
  }

  note({ mac, address, circuitId, port, vendorClass, hostname, at, isStranger, told, toldAt }: KnownLease): void {
    const isNew = this.of(mac) === undefined;
    this.#store
      .prepare('INSERT OR REPLACE INTO lease VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)')
      .run(
        mac,
        address,
        circuitId ?? null,
        port ?? null,
        vendorClass ?? null,
        hostname ?? null,
        at,
        Number(isStranger),
        told,
        toldAt,
      );
    if (isNew) this.#count += 1;
    if (this.#count > this.#limit)
      this.#count -= Number(
        this.#store
          .prepare('DELETE FROM lease WHERE mac IN (SELECT mac FROM lease ORDER BY at LIMIT ?)')
          .run(forgottenAtOnce).changes,
      );
  }

  /** Machines nobody expected, heard since then. */
  strangersSince(at: number): KnownLease[] {
    return this.#store
      .prepare(`SELECT ${columns} FROM lease WHERE is_stranger = 1 AND at >= ?`)
      .all(at)
      .map((row) => Row.parse(row));
  }
}
