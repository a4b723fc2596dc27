import { z } from 'zod';
import type { Store } from '../kernel/store.ts';

/** The last lease of a MAC, and what was reported of it. */
export interface KnownLease {
  mac: string;
  address: string;
  circuitId: string | undefined;
  port: number | undefined;
  vendorClass: string | undefined;
  hostname: string | undefined;
  /** When the client was last heard, milliseconds since 1970. */
  at: number;
  /** Whether its device was unknown then. */
  isUnknown: boolean;
  /** What was reported last; empty where nothing was. */
  reported: string;
  reportedAt: number;
}

const schema = `
  CREATE TABLE IF NOT EXISTS known_lease (
    mac TEXT PRIMARY KEY, address TEXT NOT NULL, circuit TEXT, port INTEGER, vendor_class TEXT, hostname TEXT,
      at INTEGER NOT NULL, is_unknown INTEGER NOT NULL, reported TEXT NOT NULL, reported_at INTEGER NOT NULL
  ) STRICT;
  CREATE INDEX IF NOT EXISTS known_lease_at ON known_lease (at);
  CREATE INDEX IF NOT EXISTS known_lease_unknown ON known_lease (at) WHERE is_unknown = 1;`;
const optional = <S extends z.ZodType>(of: S) => of.nullable().transform((value) => value ?? undefined);
const Row = z.object({
  mac: z.string(),
  address: z.string(),
  circuitId: optional(z.string()),
  port: optional(z.number()),
  vendorClass: optional(z.string()),
  hostname: optional(z.string()),
  at: z.number(),
  isUnknown: z.number().transform((flag) => flag === 1),
  reported: z.string(),
  reportedAt: z.number(),
});
const columns =
  'mac, address, circuit AS "circuitId", port, vendor_class AS "vendorClass", hostname, at, is_unknown AS ' +
  '"isUnknown", reported, reported_at AS "reportedAt"';
const Count = z.object({ count: z.number() });
const evictedAtOnce = 100;

/** The newest lease of each machine, kept across restarts. Above `limit` the machines heard longest ago are evicted. */
export class LeaseMemory {
  readonly #store: Store;
  readonly #limit: number;
  #count: number;

  constructor(store: Store, limit = 50_000) {
    store.make(schema);
    this.#store = store;
    this.#limit = limit;
    this.#count = Count.parse(store.prepare('SELECT count(*) AS count FROM known_lease').get()).count;
  }

  of(mac: string): KnownLease | undefined {
    const found = this.#store.prepare(`SELECT ${columns} FROM known_lease WHERE mac = ?`).get(mac);
    return found && Row.parse(found);
  }

  note({
    mac,
    address,
    circuitId,
    port,
    vendorClass,
    hostname,
    at,
    isUnknown,
    reported,
    reportedAt,
  }: KnownLease): void {
    const isNew = this.of(mac) === undefined;
    this.#store
      .prepare('INSERT OR REPLACE INTO known_lease VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)')
      .run(
        mac,
        address,
        circuitId ?? null,
        port ?? null,
        vendorClass ?? null,
        hostname ?? null,
        at,
        Number(isUnknown),
        reported,
        reportedAt,
      );
    if (isNew) this.#count += 1;
    if (this.#count > this.#limit)
      this.#count -= Number(
        this.#store
          .prepare('DELETE FROM known_lease WHERE mac IN (SELECT mac FROM known_lease ORDER BY at LIMIT ?)')
          .run(evictedAtOnce).changes,
      );
  }

  /** Unknown devices heard since then (milliseconds since 1970). */
  unknownSince(at: number): KnownLease[] {
    return this.#store
      .prepare(`SELECT ${columns} FROM known_lease WHERE is_unknown = 1 AND at >= ?`)
      .all(at)
      .map((row) => Row.parse(row));
  }
}
